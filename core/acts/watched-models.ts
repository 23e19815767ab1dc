import type { ModelRecord } from "../../schemas/model-record.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { LoadedModel, Project } from "../spec/project.ts";
import { refuseProblems } from "./project.ts";
import { knownModel } from "./registered.ts";

/** The spec of a model, under the name that it has by now or its folder's; undefined if it has none. Rejects with SPEC_INVALID where it cannot be read. */
export function watchedSpec(project: Project, record: ModelRecord): LoadedModel | undefined {
  const names = record.display_name === undefined ? [record.name] : [record.display_name, record.name];
  for (const name of names) {
    const loaded = project.models.get(name);
    if (loaded !== undefined) return loaded;
    const folder = project.policy.models ?? "models";
    const problems = project.problems.filter(({ file }) => file?.startsWith(`${folder}/${name}/`));
    refuseProblems(problems);
  }
  return undefined;
}

/** The models that are named, or all. Rejects with MODEL_UNKNOWN for a name that no model has. */
export async function watchedModels(
  snapshot: RegistrySnapshot,
  names: readonly string[] | undefined,
): Promise<ModelRecord[]> {
  if (names !== undefined) return Promise.all([...new Set(names)].map((name) => knownModel(snapshot, name)));
  const records = await Promise.all((await snapshot.models()).map((name) => snapshot.model(name)));
  return records.filter((record) => record !== undefined);
}

/** The specs of the models that are named, or all that can be read. */
export function namedSpecs({ models }: Project, names: readonly string[] | undefined): LoadedModel[] {
  return [...models.values()].filter(({ name }) => names === undefined || names.includes(name));
}
