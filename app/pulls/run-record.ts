import { codeDigest, codeOf } from "../../core/acts/code-of.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openRunRecords, recordFile } from "../../core/experiments/run-records.ts";
import { fingerprintInputs } from "../../core/plan/fingerprint.ts";
import { recordOfRun, withoutRows } from "../../core/report/run-record.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { PullResult } from "../../schemas/pull-result.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { RunCode, RunRecord } from "../../schemas/run-summary.ts";
import type { EventContext } from "../github/event-context.ts";
import type { ChangePlan } from "./state/plan-pull.ts";

/**
 * What a pull request's run reported, as a record of its own: the next run's report takes the pull request's place, and this
 * one stays to be compared with. What people said of it is kept. Without a plan it is a score of a run that is on record.
 */
export async function runRecordOf(
  context: EventContext,
  plan: ChangePlan | undefined,
  reported: PullResult,
): Promise<[path: string, text: string]> {
  const id = reported.result?.run ?? `${reported.run.id}-${reported.run.attempt}-${reported.model}`;
  const before = await openRunRecords(context.experiments).read(reported.model, id);
  const { note, starred } = before ?? {};
  const made = reported.result
    ? await ofResult(context, plan, reported, reported.result, before)
    : { ...withoutResult(reported, id), ...(before && { started_at: before.started_at }) };
  return recordFile({ ...made, ...(note === undefined ? {} : { note }), ...(starred ? { starred } : {}) });
}

async function ofResult(
  context: EventContext,
  plan: ChangePlan | undefined,
  { pull_request, run }: PullResult,
  result: RunResult,
  before: RunRecord | undefined,
): Promise<RunRecord> {
  const files = plan === undefined ? before?.files : (await codeAt(context, plan, result.model))?.files;
  const origin = {
    ...{ from: "pull" as const, pull_request, url: run.url },
    ...(files === undefined ? {} : { code: codeDigest(files) }),
  };
  return withoutRows(recordOfRun(result, origin, { files, curves: result.training_curves }));
}

function withoutResult(
  { pull_request, model, head, run: { url }, refusal, failed_jobs, recorded_at }: PullResult,
  run: string,
): RunRecord {
  const job = failed_jobs?.[0]?.name;
  const problem = refusal ?? { code: "SYSTEM_FAILED", message: `The job ${job ?? "of the run"} failed` };
  return {
    ...{ slipway: 1, run, model, source: { commit: head, dirty: false }, binding: false, started_at: recorded_at },
    ...{
      seed: 0,
      from: "pull",
      pull_request,
      url,
      status: "failed",
      params: {},
      metrics: {},
      verdicts: {},
      gates: {},
      problem,
    },
  };
}

async function codeAt({ ports }: EventContext, plan: ChangePlan, name: string): Promise<RunCode | undefined> {
  const model = plan.project.models.get(name);
  if (model === undefined) return undefined;
  try {
    return codeOf({ model, inputs: await fingerprintInputs(model, openCommit(ports.objects, plan.head)) });
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "input") return undefined;
    throw error;
  }
}
