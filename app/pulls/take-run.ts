import type { PullResult } from "../../schemas/pull-result.ts";
import type { Host } from "../github/event-context.ts";
import { pullHead, tipOf } from "../repositories/read-mirror.ts";
import { findPulls } from "./find-pulls.ts";
import { publishPull } from "./publish.ts";
import { isRecorded, recordResults } from "./record-results.ts";
import { checkWorkflow } from "./results/check-workflow.ts";
import { type ResultRead, readResults, vouchedBy } from "./results/read-results.ts";
import { refused } from "./results/refusal.ts";
import { noteRun } from "./results/run-state.ts";
import { runState, type WorkflowRun } from "./results/workflow-run.ts";
import { startOf } from "./state/load-pull.ts";
import { planChange, runnable } from "./state/plan-pull.ts";
import { isToDefaultBranch, knownPull, type PullRequest } from "./state/pull-request-cache.ts";

/**
 * Takes what a run of a pull request says of itself: that it goes on, or its results. A run on a commit that is not the
 * head any more is left alone: the head's own run says what counts.
 */
export async function takePullRun(
  host: Host,
  run: WorkflowRun,
  { fork, pulls, anew = false }: { fork: boolean; pulls?: readonly number[]; anew?: boolean },
): Promise<void> {
  const numbers = pulls ?? (await findPulls(host, run));
  if (numbers.length === 0) return host.log.info({ run: run.id }, "a run of no open pull request");
  await host.refresh(numbers);
  for (const number of numbers) {
    const pull = await knownPull(host, number);
    const head = await pullHead(host, number);
    if (head !== run.head_sha || !isToDefaultBranch(host, pull)) {
      host.log.info({ run: run.id, pull: number, head }, "a stale run: left alone");
      continue;
    }
    const state = runState(run);
    if (!noteRun(host, head, state)) continue;
    if (state.status === "completed" && !(await takeResults(host, { ...pull, head }, run, fork))) continue;
    await publishPull(host, pull, { anew });
  }
}

/** False where the run is being run again: then its next end counts. */
async function takeResults(host: Host, pull: PullRequest, run: WorkflowRun, fork: boolean): Promise<boolean> {
  const { head } = pull;
  const base = await startOf(host, pull);
  const plan = await planChange(host, base, head);
  const models = runnable(plan);
  const about = { pull, run: { id: run.id, attempt: run.run_attempt, url: run.html_url }, fork };
  if (models.length === 0 || (host.again && (await isRecorded(host, about, models)))) return true;
  const tip = await tipOf(host);
  const branch = host.repository.defaultBranch;
  const wrong = await checkWorkflow(host.ports.objects, { tip, head, base: base ?? tip, branch });
  const read = wrong ? models.map((model) => ({ model, ...wrong })) : await resultsOf(host, run, head, models);
  if (read === "superseded") return false;
  await recordResults(host, about, plan, read);
  return true;
}

async function resultsOf(
  host: Host,
  run: WorkflowRun,
  head: PullResult["head"],
  models: readonly string[],
): Promise<ResultRead[] | "superseded"> {
  if (run.conclusion === "cancelled") {
    return models.map((model) => ({ model, ...refused("RUN_CANCELLED", "The pipeline's run was cancelled.") }));
  }
  const known = { id: run.id, attempt: run.run_attempt, head, binding: false };
  const vouched = await vouchedBy(host, known);
  return vouched === "superseded" ? vouched : readResults(host, known, vouched, models);
}
