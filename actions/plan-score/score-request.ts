import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import { WORKFLOWS, workflowUse } from "../../core/github.ts";
import { CommitId } from "../../schemas/names.ts";
import { found, type GitHubApi } from "../job/github-api.ts";
import type { JobContext } from "../job/ports.ts";

/** Whose score is asked for: a run that ended, or what a writer's `/score` names. */
export interface ScoreRequest {
  run: number;
  attempt: number;
  /** The commit that it was asked for. A later push is another one. */
  head: CommitId;
  /** Somebody who may write asked: a fork's run is scored for nobody else. */
  asked: boolean;
}

/** A run whose predictions may be scored. */
export interface TriggeringRun extends Omit<ScoreRequest, "asked"> {
  origin: "same-repository" | "fork";
}

const Id = z.int().min(1);
const RunEnded = z.object({ workflow_run: z.object({ id: Id, run_attempt: Id, head_sha: CommitId }) });
const Digits = z.string().regex(/^[1-9]\d{0,14}$/);
const Asked = z.object({ inputs: z.object({ run: Digits, attempt: Digits, head: CommitId }) });

/** Reads the event. Rejects with USAGE if it is none that asks for a score. */
export function readScoreRequest({ eventName, payload }: Pick<JobContext, "eventName" | "payload">): ScoreRequest {
  if (eventName === "workflow_run") {
    const parsed = RunEnded.safeParse(payload);
    if (parsed.success) {
      const { id: run, run_attempt: attempt, head_sha: head } = parsed.data.workflow_run;
      return { run, attempt, head, asked: false };
    }
  } else if (eventName === "workflow_dispatch") {
    const parsed = Asked.safeParse(payload);
    if (parsed.success) {
      const { run, attempt, head } = parsed.data.inputs;
      return { run: +run, attempt: +attempt, head, asked: true };
    }
  }
  throw new SlipwayError("USAGE", `The event ${String(eventName).slice(0, 50)} asks for no score`, {
    expected: "workflow_run, or workflow_dispatch with run, attempt and head",
    hint: "Take it out of `on:` in .github/workflows/slipway-score.yml.",
  });
}

const Run = z.object({
  run_attempt: Id,
  event: z.string(),
  path: z.string(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  head_sha: CommitId,
  head_branch: z.string().nullish(),
  head_repository: z.object({ full_name: z.string(), owner: z.object({ login: z.string() }).nullish() }).nullish(),
});
const Pulls = z.array(z.object({ number: Id, head: z.object({ sha: CommitId }) }));

/**
 * The run that is to be scored, as GitHub says now, or why it is left alone: it is no pull request's, goes on, was run again or
 * cancelled, is a fork's for which nobody asked, or is of a commit that is no open pull request's head any more.
 */
export async function findTriggeringRun(
  { octokit, repository }: GitHubApi,
  { run, attempt, head, asked }: ScoreRequest,
): Promise<TriggeringRun | { left: string }> {
  const { owner, name: repo } = repository;
  const { data } = Run.safeParse(await found(octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: run })));
  if (data === undefined) return { left: `Run ${run} is not there any more.` };
  const isPulls = workflowUse(data.path) === "pulls" && data.event === "pull_request";
  if (!isPulls) return { left: `Run ${run} is none of ${WORKFLOWS.pulls.path} for a pull request.` };
  if (data.head_sha !== head) return { left: `Run ${run} is of another commit than ${head.slice(0, 12)}.` };
  if (data.run_attempt !== attempt || data.status !== "completed") {
    return { left: `Attempt ${attempt} of run ${run} was run again: the end of that one counts.` };
  }
  if (data.conclusion === "cancelled") return { left: `Run ${run} was cancelled.` };
  const isOwn = data.head_repository?.full_name === `${owner}/${repo}`;
  if (!isOwn && !asked) {
    return { left: "The pull request is a fork's: its run is scored once somebody who may write comments `/score`." };
  }
  const from = data.head_repository?.full_name.split("/")[0] ?? "";
  const where = { owner, repo, state: "open" as const, head: `${from}:${data.head_branch ?? ""}`, per_page: 100 };
  const pulls = Pulls.safeParse(await found(octokit.rest.pulls.list(where)));
  if (!pulls.success || !pulls.data.some(({ head: { sha } }) => sha === head)) {
    return { left: `${head.slice(0, 12)} is no open pull request's head any more: a newer push counts.` };
  }
  return { run, attempt, head, origin: isOwn ? "same-repository" : "fork" };
}
