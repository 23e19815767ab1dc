import type { PipelineStage, StageRecordOf } from "../../schemas/stage-record.ts";

/** A stage of a run, and what its place is to be made like. */
export interface StageRow {
  stage: PipelineStage | "store";
  /** The stages whose bundles it takes. An optional one may be missing. */
  needs: readonly PipelineStage[];
  /** It runs only where `validate` found that there is something to do for it. */
  optional: boolean;
  /** User code runs in it, on the runner and in the time that the spec names for this; it gets no credential that writes. */
  userCode: "train" | "predict" | false;
  /** It sees test labels, so it sees the repository. */
  labels: boolean;
}

/**
 * The run, in its one order, for every host: the command line runs these stages in one process, and
 * .github/workflows/register-model.yml has a job for each; model.yml, for pull requests, collects in place of storing.
 */
export const ORDER = [
  { stage: "validate", needs: [], optional: false, userCode: false, labels: true },
  { stage: "baseline", needs: ["validate"], optional: true, userCode: "predict", labels: false },
  { stage: "train", needs: ["validate"], optional: false, userCode: "train", labels: false },
  { stage: "predict", needs: ["validate", "train"], optional: false, userCode: "predict", labels: false },
  {
    ...{ stage: "own-metrics", needs: ["validate", "baseline", "predict"] },
    ...{ optional: true, userCode: "predict", labels: true },
  },
  {
    ...{ stage: "score", needs: ["validate", "baseline", "train", "predict", "own-metrics"] },
    ...{ optional: false, userCode: false, labels: true },
  },
  {
    ...{ stage: "store", needs: ["validate", "baseline", "train", "predict", "own-metrics", "score"] },
    ...{ optional: false, userCode: false, labels: false },
  },
] as const satisfies readonly StageRow[];

/** The stages that hand over a bundle: all but the last. */
export const BUNDLED: readonly PipelineStage[] = ORDER.flatMap(({ stage }) => (stage === "store" ? [] : [stage]));

/** Whether a run goes on without the stage where that fails: a baseline's failure is the comparison's to say. */
export const mayFail = (stage: PipelineStage): boolean => stage === "baseline";

/** Whether an optional stage has something to do, by the record of `validate`; the others always have. */
export function isWanted(stage: PipelineStage, { packed, model_file }: StageRecordOf<"validate">): boolean {
  if (stage === "baseline") return packed?.versions.some(({ problem }) => problem === undefined) ?? false;
  if (stage === "own-metrics") return Object.values(model_file?.spec.metrics ?? {}).some((metric) => "run" in metric);
  return true;
}

/** Whether the run leaves the stage `score` to another one, which alone opens its labels. Every run but the default branch's does. */
export function isUnscored({ binding, model_file }: StageRecordOf<"validate">): boolean {
  return !binding && model_file?.spec.data.labels !== undefined;
}

// The schema lists the stages too, since it imports nothing of core: this line does not compile where the two differ.
type Listed = Exclude<(typeof ORDER)[number]["stage"], "store">;
true satisfies [Listed, PipelineStage] extends [PipelineStage, Listed] ? true : false;
