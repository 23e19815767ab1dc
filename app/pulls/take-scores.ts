import { attestedModels } from "../../core/attested/attested.ts";
import { checkWorkflow } from "../../core/attested/check-workflow.ts";
import { attestedBy, readAttested } from "../../core/attested/read-results.ts";
import { isRefused } from "../../core/attested/refusal.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { EventContext } from "../github/event-context.ts";
import { defaultTip, isInHistory, pullHead } from "../repositories/read-mirror.ts";
import { findPulls } from "./find-pulls.ts";
import { publishPull } from "./publish.ts";
import { recordScore } from "./record-results.ts";
import { WorkflowRun } from "./results/workflow-run.ts";
import { knownPull } from "./state/pull-request-cache.ts";
import { readRecords } from "./state/records.ts";
import { takePullRun } from "./take-run.ts";

/**
 * Takes what a run of slipway-score.yml says of pull requests' models whose labels are sealed. It has to have run as the default
 * branch has it; each result names the run that it scored, and counts where that run's own result of the same commit waits for
 * it, and the commit still is the head.
 */
export async function takeScores(context: EventContext, run: WorkflowRun): Promise<void> {
  await context.refresh();
  const wrong = await notTips(context, run);
  if (wrong !== undefined) return context.log.warn({ run: run.id, why: wrong }, "scores that are not taken");
  const attested = await attestedBy(context, { id: run.id, attempt: run.run_attempt });
  if (attested === "superseded" || attested.length === 0) return;
  const scores: RunResult[] = [];
  for (const model of attestedModels(attested)) {
    const own = attested.filter((each) => each.model === model);
    const result = await readAttested(context, run.id, model, own);
    if (!isRefused(result) && result.model === model && !result.binding && !result.unscored) scores.push(result);
    else
      context.log.warn({ run: run.id, model, result: isRefused(result) ? result.refusal : "of another" }, "no score");
  }
  for (const [of, results] of byRun(scores)) await takeRunsScores(context, run, of, results);
}

/** Why it did not run as the default branch has it. A tag may have the branch's name, and hold what its author likes. */
async function notTips(context: EventContext, { head_sha: head }: WorkflowRun): Promise<string | undefined> {
  const branch = context.repository.defaultBranch;
  const tip = await defaultTip(context);
  if (!(await isInHistory(context, head, tip))) return `its commit ${head.slice(0, 12)} is not on ${branch}`;
  const use = "score" as const;
  return (await checkWorkflow(context.ports.objects, { use, tip, head, base: head, branch }))?.refusal.message;
}

/** Scores by the run that they are of. */
function byRun(scores: readonly RunResult[]): Map<number, RunResult[]> {
  const runs = new Map<number, RunResult[]>();
  for (const score of scores) {
    const id = Number(/^([1-9]\d{0,14})-/.exec(score.run)?.[1] ?? 0);
    if (id > 0) runs.set(id, [...(runs.get(id) ?? []), score]);
  }
  return runs;
}

async function takeRunsScores(
  context: EventContext,
  scoring: WorkflowRun,
  of: number,
  scores: readonly RunResult[],
): Promise<void> {
  const { octokit, repository } = context;
  const where = { owner: repository.owner, repo: repository.name, run_id: of };
  const triggering = WorkflowRun.parse((await octokit.rest.actions.getWorkflowRun(where)).data);
  const numbers = await findPulls(context, triggering);
  await context.refresh(numbers);
  for (const number of numbers) {
    const head = await pullHead(context, number);
    const fitting = scores.filter(({ source }) => source.commit === head && !source.dirty);
    if (fitting.length === 0) {
      context.log.info(
        { run: scoring.id, pull: number, head },
        "scores of a commit that is no head any more: left alone",
      );
      continue;
    }
    // Events come in any order: what is scored may not have been taken yet.
    const records = await readRecords(context, number);
    const isMissing = fitting.some(({ model }) => records.get(model)?.head !== head);
    const fork = triggering.head_repository?.id !== repository.id;
    if (isMissing) await takePullRun(context, triggering, { fork, pulls: [number] });
    const about = { id: scoring.id, attempt: scoring.run_attempt, url: scoring.html_url };
    for (const score of fitting) await recordScore(context, number, score, about);
    await publishPull(context, await knownPull(context, number));
  }
}
