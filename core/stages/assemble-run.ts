import { type ModelName, NO_PARAMS } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { PipelineStage, StageRecordOf } from "../../schemas/stage-record.ts";
import { timestamp } from "../clock.ts";
import { BUNDLED, mayFail } from "./order.ts";

/** The records that there are, by stage: a stage that failed left one, a stage that never ran none. */
export type StageRecords = { [Stage in Exclude<PipelineStage, "score">]?: StageRecordOf<Stage> | undefined } & {
  score?: (Omit<StageRecordOf<"score">, "made"> & { made?: ScoreFound | undefined }) | undefined;
};

/** What scoring found, which a report may still be written on. */
export type ScoreFound = Omit<NonNullable<StageRecordOf<"score">["made"]>, "report">;

/** What a run is, whatever its stages left. */
export interface RunAbout {
  run: string;
  model: ModelName;
  source: RunResult["source"];
  binding: boolean;
  /** What was set on the command line in place of what the spec says. */
  tried?: readonly string[] | undefined;
  /** Where another run scores this one: the records that it takes, by stage. */
  handed?: RunResult["handed"];
  /** Why there is no result where no record says it. */
  problem?: Problem | undefined;
}

const UNKNOWN = "0".repeat(64);

/** A run's result out of its stages' records. It succeeded where its score did; without one, where what another run scores is whole. */
export function assembleRun(about: RunAbout, records: StageRecords): RunResult {
  const { validate, train, score } = records;
  const { path, spec } = validate?.model_file ?? { path: `models/${about.model}/model.yaml`, spec: undefined };
  const { tried = [] } = about;
  const there = BUNDLED.flatMap((stage) => records[stage] ?? ([] as never[]));
  const problem = there.find(({ stage, outcome }) => outcome === "failed" && !mayFail(stage))?.problem;
  const { made } = score ?? {};
  const scored = score?.outcome === "succeeded" && made !== undefined;
  const { handed } = about;
  const succeeded = scored || (handed !== undefined && problem === undefined && about.problem === undefined);
  const starts = there.map(({ started_at }) => Date.parse(started_at));
  const ends = there.map(({ started_at, seconds }) => Date.parse(started_at) + 1_000 * seconds);
  return {
    slipway: 1,
    run: about.run,
    model: about.model,
    spec: path,
    outcome: succeeded ? "succeeded" : "failed",
    ...(succeeded ? {} : { problem: problem ?? about.problem ?? unexplained() }),
    source: about.source,
    binding: about.binding,
    fingerprint: made?.fingerprint ?? train?.fingerprint ?? validate?.fingerprint ?? UNKNOWN,
    ...(tried.length > 0 ? { tried: [...tried] } : {}),
    steps: there.flatMap(({ steps }) => steps),
    ...(validate?.data ? { data: validate.data } : {}),
    violations: validate?.violations ?? [],
    ...(validate?.signature ? { signature: validate.signature } : {}),
    params: spec?.train?.params ?? NO_PARAMS,
    seed: spec?.train?.seed ?? 0,
    environment: train?.environment ??
      validate?.environment ?? { locks: [], runtime: { platform: "unknown", arch: "unknown", programs: {} } },
    ...artifactOf(train),
    ...(train?.tracked ? { tracked: train.tracked } : {}),
    ...(validate?.packed?.store_problem ? { store_problem: validate.packed.store_problem } : {}),
    ...(made ? { predictions: made.predictions, evaluation: made.evaluation } : {}),
    ...(made?.predictions_profile ? { predictions_profile: made.predictions_profile } : {}),
    ...(made?.served_predictions ? { served_predictions: made.served_predictions } : {}),
    ...(succeeded && !scored ? { unscored: "sealed" as const, handed } : {}),
    gates: made?.gates ?? {},
    ...(made ? { tries: made.tries } : {}),
    ...(made?.deciding ? { deciding: made.deciding } : {}),
    started_at: timestamp(new Date(starts.length > 0 ? Math.min(...starts) : Date.now())),
    seconds: there.length > 0 ? (Math.max(...ends) - Math.min(...starts)) / 1_000 : 0,
  };
}

function artifactOf(train: StageRecordOf<"train"> | undefined): Partial<RunResult> {
  if (train?.made === undefined) return {};
  const { artifact, artifact_from, artifact_run, curves } = train.made;
  return {
    ...{ artifact, artifact_from },
    ...(artifact_run === undefined ? {} : { artifact_run }),
    ...(curves ? { curves: "curves.jsonl" } : {}),
  };
}

function unexplained(): Problem {
  return {
    code: "SYSTEM_FAILED",
    message: "The run ended before it had a result, and none of its jobs says why",
    hint: "Read the jobs' logs; run the failed jobs again if a runner was lost.",
  };
}
