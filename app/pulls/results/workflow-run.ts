import { z } from "zod";
import { WORKFLOWS, workflowUse } from "../../../core/github.ts";
import { CommitId } from "../../../schemas/names.ts";
import { Account } from "../../github/account.ts";
import type { EventRepository } from "../../github/event-repository.ts";
import type { RunState } from "./run-state.ts";

/** What the App reads of a workflow run, in a webhook and in an answer of REST alike. */
export const WorkflowRun = z.object({
  id: z.int().min(1),
  run_attempt: z.int().min(1).default(1),
  event: z.string(),
  path: z.string(),
  head_sha: CommitId,
  head_branch: z.string().nullable(),
  head_repository: z.object({ id: z.int(), full_name: z.string() }).nullish(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  html_url: z.string(),
  display_title: z.string().max(1_000).nullish(),
  actor: Account.nullish(),
  pull_requests: z
    .array(z.object({ number: z.int(), base: z.object({ ref: z.string(), repo: z.object({ id: z.int() }) }) }))
    .nullish(),
});
export type WorkflowRun = z.infer<typeof WorkflowRun>;

/** What a run is for, by what GitHub says of it. */
export type RunPurpose =
  | { kind: "pull-request"; fork: boolean }
  | { kind: "default-branch" }
  | { kind: "merge-group" }
  | { kind: "scores" }
  | { kind: "comparison" }
  | { kind: "monitoring" }
  | { kind: "none"; why: string };

/**
 * What a run is for. Only Slipway's own workflows count, each for its events. A push binds only if it was a push to the default
 * branch of this very repository: a fork's branch may have the same name.
 */
export function purposeOf(run: WorkflowRun, repository: Pick<EventRepository, "id" | "defaultBranch">): RunPurpose {
  const use = workflowUse(run.path);
  if (use === undefined) return { kind: "none", why: `it ran ${run.path}` };
  const events: readonly string[] = WORKFLOWS[use].events;
  if (!events.includes(run.event)) return { kind: "none", why: `the event ${run.event} in ${run.path}` };
  const own = run.head_repository?.id === repository.id;
  // These events run a workflow as the default branch has it.
  if (use === "score" || use === "monitor") {
    const isTips = own && run.head_branch === repository.defaultBranch;
    if (!isTips) return { kind: "none", why: `${run.path} on ${run.head_branch ?? "no branch"}` };
    return { kind: use === "score" ? "scores" : "monitoring" };
  }
  switch (run.event) {
    case "pull_request":
      return { kind: "pull-request", fork: !own };
    case "merge_group":
      return own ? { kind: "merge-group" } : { kind: "none", why: "a merge group of another repository" };
    case "push":
    case "workflow_dispatch":
      if (own && run.head_branch === repository.defaultBranch)
        return { kind: use === "compare" ? "comparison" : "default-branch" };
      return { kind: "none", why: `${run.event} on ${run.head_branch ?? "no branch"}` };
    default:
      return { kind: "none", why: `the event ${run.event}` };
  }
}

/** How far a run is. GitHub calls a fork's run completed while it waits for a person's approval. */
export function runState({ id, run_attempt, html_url, status, conclusion }: WorkflowRun): RunState {
  const about = { id, attempt: run_attempt, url: html_url };
  if (conclusion === "action_required") return { ...about, status: "queued" };
  if (status === "completed" || status === "in_progress") return { ...about, status };
  return { ...about, status: "queued" };
}
