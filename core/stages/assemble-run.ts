import { type ModelName, NO_PARAMS } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { PipelineStage, StageRecordOf } from "../../schemas/stage-record.ts";
import { timestamp } from "../clock.ts";

/** The records that there are, by stage: a stage that failed left one, a stage that never ran none. */
export type StageRecords = { [Stage in Exclude<PipelineStage, "score">]?: StageRecordOf<Stage> | undefined } & {
  score?: (Omit<StageRecordOf<"score">, "made"> & { made?: ScoreFound | undefined }) | undefined;
};

/** What scoring found, which a report may still be written on. */
export type ScoreFound = Omit<NonNullable<StageRecordOf<"score">["made"]>, "report">;

/** In the order of `slipway run`'s steps; a baseline's failure is the comparison's to say. */
const ORDER = ["validate", "train", "predict", "baseline", "own-metrics", "score"] as const;
const UNKNOWN = "0".repeat(64);

/**
 * A run's result out of its stages' records: what `slipway run` would have written. It succeeded where its score did;
 * `problem` is told where no record says why it did not.
 */
export function assembleRun(
  about: { run: string; model: ModelName; commit: string; binding: boolean; problem?: Problem | undefined },
  records: StageRecords,
): RunResult {
  const { validate, train, score } = records;
  const there = ORDER.flatMap((stage) => records[stage] ?? ([] as never[]));
  const problem = there.find(({ stage, outcome }) => outcome === "failed" && stage !== "baseline")?.problem;
  const { made } = score ?? {};
  const succeeded = score?.outcome === "succeeded" && made !== undefined;
  const starts = there.map(({ started_at }) => Date.parse(started_at));
  const ends = there.map(({ started_at, seconds }) => Date.parse(started_at) + 1_000 * seconds);
  return {
    slipway: 1,
    run: about.run,
    model: about.model,
    spec: validate?.spec_path ?? `models/${about.model}/model.yaml`,
    outcome: succeeded ? "succeeded" : "failed",
    ...(succeeded ? {} : { problem: problem ?? about.problem ?? unexplained() }),
    source: { commit: about.commit, dirty: false },
    binding: about.binding,
    fingerprint: made?.fingerprint ?? train?.fingerprint ?? validate?.fingerprint ?? UNKNOWN,
    steps: there.flatMap(({ steps }) => steps),
    ...(validate?.data ? { data: validate.data } : {}),
    violations: validate?.violations ?? [],
    ...(validate?.signature ? { signature: validate.signature } : {}),
    params: validate?.params ?? NO_PARAMS,
    seed: validate?.seed ?? 0,
    environment: train?.environment ??
      validate?.environment ?? { locks: [], runtime: { platform: "unknown", arch: "unknown", programs: {} } },
    ...artifactOf(train),
    ...(made ? { predictions: made.predictions, evaluation: made.evaluation } : {}),
    gates: made?.gates ?? {},
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
