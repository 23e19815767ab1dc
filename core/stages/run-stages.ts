import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunResult } from "../../schemas/run-result.ts";
import type { PipelineStage } from "../../schemas/stage-record.ts";
import { makeRunFolder, sweepLeftovers } from "../runtime/sweep.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import type { RunAbout } from "./assemble-run.ts";
import { baselineStage } from "./baseline.ts";
import { BUNDLED, isWanted, mayFail } from "./order.ts";
import { ownMetricsStage } from "./own-metrics.ts";
import { predictStage } from "./predict.ts";
import { newRunId } from "./run-record.ts";
import type { RunSource } from "./run-source.ts";
import type { SharedPlaces, StageContext, StageResult } from "./run-stage.ts";
import { scoreStage } from "./score.ts";
import { type EndedStage, storeStage } from "./store.ts";
import { trainStage } from "./train.ts";
import { validateStage } from "./validate.ts";

export type StageResults = { [Stage in PipelineStage]?: StageResult<Stage> };
type Report = Parameters<typeof scoreStage>[3];

/** Every stage that hands over a bundle, all called alike: its context, the bundles before it, the run's source. */
const STAGES: Record<
  PipelineStage,
  (
    context: StageContext,
    before: StageResults,
    source: RunSource,
    report: Report,
  ) => Promise<Required<StageResults>[PipelineStage]>
> = {
  validate: validateStage,
  baseline: baselineStage,
  train: trainStage,
  predict: predictStage,
  "own-metrics": ownMetricsStage,
  score: scoreStage,
};

/** Where a run in one process works and whom it tells. */
export interface HereContext extends Omit<StageContext, "out" | "uri" | "shared"> {
  shared: SharedPlaces;
  source: RunSource;
  /** Gets what was scored, before the run's result is written. */
  report?: Report;
}

/**
 * Runs stages in one process, in their order, each on what those before it handed over, until one fails that the run cannot do
 * without. `only` (default: all) are the stages to run.
 */
export async function runStages(context: HereContext, only: readonly PipelineStage[] = BUNDLED): Promise<StageResults> {
  const { source, report, shared } = context;
  const results: StageResults = {};
  for (const stage of BUNDLED) {
    const validated = results.validate?.record;
    if (!only.includes(stage) || (validated && !isWanted(stage, validated))) continue;
    const out = join(shared.work.private, "bundles", stage);
    await mkdir(out, { recursive: true });
    const result = await STAGES[stage]({ ...context, out, uri: "bundle:" }, results, source, report);
    Object.assign(results, { [stage]: result });
    if (result.bug !== undefined || (result.record.outcome === "failed" && !mayFail(stage))) break;
  }
  return results;
}

/**
 * A whole run in one process. Whatever happens, `<runs>/<run>/result.json` says how it went, user code has ended and
 * temporary folders are gone; only a `kill -9` leaves them to the next run's sweep. A failure that a person can mend is a
 * result (`outcome: failed`, `problem`); a bug is recorded and thrown.
 */
export async function runHere(
  context: Omit<HereContext, "run" | "shared" | "source"> & Pick<SharedPlaces, "store">,
  about: Pick<RunAbout, "source" | "binding" | "tried"> & {
    /** Where run folders are made: `.slipway/runs`. */
    runs: string;
    /** The run's source; `folder` is a new one for what is read, out of user code's way. */
    open(folder: string): RunSource;
    /** Writes into the run's new folder what is known of it, before anything runs. */
    begin?(folder: string, run: string): Promise<void>;
  },
): Promise<RunResult> {
  const { model, cache, temporary, store, ...rest } = context;
  const { runs, open, begin, ...said } = about;
  const run = newRunId(new Date());
  const folder = join(runs, run);
  await sweepLeftovers({ temporary, runs, cache });
  const kept = await makeRunFolder(folder);
  await begin?.(folder, run);
  const work = await makeWorkFolder(run, temporary);
  let results: StageResults = {};
  try {
    const source = open(work.private);
    results = await runStages({ ...rest, model, run, cache, temporary, source, shared: { folder, store, work } });
  } finally {
    await work.remove();
  }
  const ended = Object.entries(results).map(([stage, bundle]): [string, EndedStage<PipelineStage>] => {
    return [stage, { result: bundle.record.outcome === "succeeded" ? "success" : "failure", bundle }];
  });
  const result = await storeStage({
    ...{ ...said, run, model, out: folder, stays: true, temporary },
    stages: Object.fromEntries(ended),
  });
  await kept.ended();
  const bug = Object.values(results).find((each) => each.bug !== undefined)?.bug;
  if (bug !== undefined) throw bug;
  return result;
}
