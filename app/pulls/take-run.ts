import { checkWorkflow } from "../../core/attested/check-workflow.ts";
import { failedJobs } from "../../core/attested/failed-jobs.ts";
import { attestedBy, type ResultRead, readResults } from "../../core/attested/read-results.ts";
import { refused } from "../../core/attested/refusal.ts";
import type { PullResult } from "../../schemas/pull-result.ts";
import type { EventContext } from "../github/event-context.ts";
import { defaultTip, pullHead } from "../repositories/read-mirror.ts";
import { findPulls } from "./find-pulls.ts";
import { publishPull } from "./publish.ts";
import { isRecorded, recordResults } from "./record-results.ts";
import { noteRun } from "./results/run-state.ts";
import { runState, type WorkflowRun } from "./results/workflow-run.ts";
import { startOf } from "./state/load-pull.ts";
import { planChange, runnable } from "./state/plan-pull.ts";
import { isToDefaultBranch, knownPull, type PullRequest } from "./state/pull-request-cache.ts";

/**
 * Takes what a pull request's run says: that it goes on, or its results. A run on a commit that is no head any more
 * is left alone: the head's own run counts.
 */
export async function takePullRun(
  context: EventContext,
  run: WorkflowRun,
  { fork, pulls, anew = false }: { fork: boolean; pulls?: readonly number[]; anew?: boolean },
): Promise<void> {
  const numbers = pulls ?? (await findPulls(context, run));
  if (numbers.length === 0) return context.log.info({ run: run.id }, "a run of no open pull request");
  await context.refresh(numbers);
  for (const number of numbers) {
    const pull = await knownPull(context, number);
    const head = await pullHead(context, number);
    if (head !== run.head_sha || !isToDefaultBranch(context, pull)) {
      context.log.info({ run: run.id, pull: number, head }, "a stale run: left alone");
      continue;
    }
    const state = runState(run);
    if (!noteRun(context, head, state)) continue;
    if (state.status === "completed" && !(await takeResults(context, { ...pull, head }, run, fork))) continue;
    await publishPull(context, pull, { anew });
  }
}

/** False if the run is being run again: then its next end counts. */
async function takeResults(
  context: EventContext,
  pull: PullRequest,
  run: WorkflowRun,
  fork: boolean,
): Promise<boolean> {
  const { head } = pull;
  const base = await startOf(context, pull);
  const plan = await planChange(context, base, head);
  const models = runnable(plan);
  const about = { pull, run: { id: run.id, attempt: run.run_attempt, url: run.html_url }, fork };
  if (models.length === 0 || (context.again && (await isRecorded(context, about, models)))) return true;
  const tip = await defaultTip(context);
  const branch = context.repository.defaultBranch;
  const wrong = await checkWorkflow(context.ports.objects, { use: "pulls", tip, head, base: base ?? tip, branch });
  const read = wrong ? models.map((model) => ({ model, ...wrong })) : await resultsOf(context, run, head, models);
  if (read === "superseded") return false;
  const failing = read
    .filter((each) => "refusal" in each || each.result.outcome === "failed")
    .map(({ model }) => model);
  const failed = wrong || failing.length === 0 ? new Map() : await failedJobs(context, run.id, failing);
  await recordResults(context, { ...about, failed }, plan, read);
  return true;
}

async function resultsOf(
  context: EventContext,
  run: WorkflowRun,
  head: PullResult["head"],
  models: readonly string[],
): Promise<ResultRead[] | "superseded"> {
  if (run.conclusion === "cancelled") {
    return models.map((model) => ({ model, ...refused("RUN_CANCELLED", "The pipeline's run was cancelled.") }));
  }
  const known = { id: run.id, attempt: run.run_attempt, head, binding: false };
  const attested = await attestedBy(context, known);
  return attested === "superseded" ? attested : readResults(context, known, attested, models);
}
