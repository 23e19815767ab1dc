import { ModelName, StageName } from "../../schemas/names.ts";

/** Which versions a run of the workflow `compare` compares: the one that is to go to a stage, and the one that is there. */
export interface ComparedPair {
  model: ModelName;
  version: number;
  stage: StageName;
  live: number;
}

/** The run's name, by which it is known on GitHub: the workflow's `run-name` makes the same of its inputs. */
export function formatCompareTitle({ model, version, stage, live }: ComparedPair): string {
  return `Compare ${model} version ${version} with version ${live} in ${stage}`;
}

/** Undefined for a name that is none of them. */
export function parseCompareTitle(title: string): ComparedPair | undefined {
  const found = /^Compare (\S+) version ([1-9]\d{0,8}) with version ([1-9]\d{0,8}) in (\S+)$/.exec(title);
  const [model, stage] = [ModelName.safeParse(found?.[1]), StageName.safeParse(found?.[4])];
  if (!model.success || !stage.success) return undefined;
  return { model: model.data, version: Number(found?.[2]), stage: stage.data, live: Number(found?.[3]) };
}
