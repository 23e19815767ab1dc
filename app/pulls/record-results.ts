import type { FailedJob } from "../../core/attested/failed-jobs.ts";
import type { ResultRead } from "../../core/attested/read-results.ts";
import { refused } from "../../core/attested/refusal.ts";
import { timestamp } from "../../core/clock.ts";
import { openRunRecords } from "../../core/experiments/run-records.ts";
import { surplusRecords } from "../../core/experiments/surplus-records.ts";
import type { PullResult } from "../../schemas/pull-result.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { EventContext } from "../github/event-context.ts";
import { drawResult } from "./render/draw.ts";
import { runRecordOf } from "./run-record.ts";
import type { ChangePlan } from "./state/plan-pull.ts";
import type { PullRequest } from "./state/pull-request-cache.ts";
import { MAX_PULL_RECORD_BYTES, pullRecordFile, readRecords } from "./state/records.ts";
import { trainedRecord } from "./trained-record.ts";

export interface ReportedRun {
  pull: PullRequest;
  run: PullResult["run"];
  fork: boolean;
  /** The jobs that failed, by model. */
  failed?: ReadonlyMap<string, FailedJob[]>;
}

/** Whether all that a run reported is kept already: an event that comes again then needs no call. */
export async function isRecorded(
  context: EventContext,
  { pull, run }: ReportedRun,
  models: readonly string[],
): Promise<boolean> {
  const known = await readRecords(context, pull.number);
  return models.every((model) => {
    const record = known.get(model);
    return (
      record?.head === pull.head && record.run.id === run.id && record.run.attempt === run.attempt && !record.refusal
    );
  });
}

/** Keeps what a run reported, and its charts, on `experiments`: one commit, and none if it says nothing new. */
export async function recordResults(
  context: EventContext,
  about: ReportedRun,
  plan: ChangePlan,
  read: readonly ResultRead[],
): Promise<void> {
  const known = await readRecords(context, about.pull.number);
  const files: Record<string, string> = {};
  for (const each of read) {
    const { record: reported, drawn } = await recordOf(context, about, each);
    const before = known.get(each.model);
    if (before !== undefined && isScoreOf(before, reported)) continue;
    const [runPath, runText] = await runRecordOf(context, plan, reported);
    files[runPath] = runText;
    if (before !== undefined && isNewer(before, reported)) continue;
    // A run may end after its merge was told: what that came to stays.
    const { registration } = before ?? {};
    const record = registration === undefined ? reported : { ...reported, registration };
    const again = before && { ...record, recorded_at: before.recorded_at };
    // The same report once more keeps its time, so that it is no change.
    const [path, text] = pullRecordFile(
      again && pullRecordFile(again)[1] === pullRecordFile(before)[1] ? before : record,
    );
    Object.assign(files, drawn, { [path]: text });
    const trained =
      about.fork || !record.result ? undefined : await trainedRecord(context, plan, record.result, record.pull_request);
    if (trained !== undefined) files[trained[0]] = trained[1];
  }
  if (Object.keys(files).length === 0) return;
  const kept = openRunRecords(context.experiments);
  const removed = (await Promise.all(read.map(async ({ model }) => surplusRecords(await kept.list(model))))).flat();
  await context.experiments.write({
    files,
    removed: removed.filter((path) => files[path] === undefined),
    subject: `Report on #${about.pull.number}: ${read
      .map(({ model }) => model)
      .join(", ")
      .slice(0, 200)}`,
    author: { name: context.app.login, id: context.app.login },
    at: context.clock(),
  });
}

/**
 * Keeps a score on `experiments`, in the place of the result that waits for it: of the same run and commit. Of two scores of one
 * run the newer counts. What waits for none is left alone.
 */
export async function recordScore(
  context: EventContext,
  pull: number,
  result: RunResult,
  by: NonNullable<PullResult["scored_by"]>,
): Promise<void> {
  const before = (await readRecords(context, pull)).get(result.model);
  const { scored_by: last, result: known } = before ?? {};
  const isNew = last === undefined || by.id > last.id || (by.id === last.id && by.attempt > last.attempt);
  const isFit = before !== undefined && before.head === result.source.commit && known?.run === result.run;
  if (!isFit || !isNew || (known.unscored === undefined && last === undefined)) return;
  const { charts, files } = await drawResult(result);
  const { refusal: _, ...kept } = before;
  const record: PullResult = { ...kept, result, charts, scored_by: by, recorded_at: timestamp(context.clock()) };
  const [path, text] = pullRecordFile(record);
  if (Buffer.byteLength(text) > MAX_PULL_RECORD_BYTES) return;
  const [runPath, runText] = await runRecordOf(context, undefined, record);
  await context.experiments.write({
    files: { ...files, [path]: text, [runPath]: runText },
    subject: `Score on #${pull}: ${result.model}`,
    author: { name: context.app.login, id: context.app.login },
    at: context.clock(),
  });
}

/** Whether the score of this very run is there already: the run's own end says less. */
function isScoreOf(before: PullResult, { head, run, result }: PullResult): boolean {
  const isSame = before.head === head && before.run.id === run.id && before.run.attempt === run.attempt;
  return (
    isSame && before.scored_by !== undefined && result?.unscored !== undefined && before.result?.run === result.run
  );
}

/** Runs end in any order; of the same head, the newest one's word counts. */
function isNewer(a: PullResult, b: PullResult): boolean {
  return a.head === b.head && (a.run.id > b.run.id || (a.run.id === b.run.id && a.run.attempt > b.run.attempt));
}

async function recordOf(
  context: EventContext,
  { pull, run, fork, failed }: ReportedRun,
  read: ResultRead,
): Promise<{ record: PullResult; drawn: Record<string, string> }> {
  const jobs = failed?.get(read.model) ?? [];
  const base = {
    ...{ slipway: 1 as const, pull_request: pull.number, model: read.model, head: pull.head, fork, run },
    ...(jobs.length === 0 ? {} : { failed_jobs: jobs }),
    recorded_at: timestamp(context.clock()),
  };
  if ("refusal" in read) return { record: { ...base, refusal: read.refusal, charts: {} }, drawn: {} };
  const { charts, files } = await drawResult(read.result);
  const record: PullResult = { ...base, result: read.result, charts };
  if (Buffer.byteLength(pullRecordFile(record)[1]) <= MAX_PULL_RECORD_BYTES) return { record, drawn: files };
  const hint = "Name fewer slices or classes: what is shown has to fit on a page.";
  const large = refused("RESULT_TOO_LARGE", `The result of ${read.model} is too large to be kept.`, hint);
  return { record: { ...base, ...large, charts: {} }, drawn: {} };
}
