import { basename } from "node:path/posix";
import { z } from "zod";
import { WORKFLOWS } from "../../../core/github.ts";
import { CommitId } from "../../../schemas/names.ts";
import type { EventContext } from "../../github/event-context.ts";
import { isInHistory } from "../../repositories/read-mirror.ts";

/** What became of a request to run the pipeline again. */
export type Rerun =
  | { outcome: "started"; url: string; jobs: "failed" | "all" }
  /** It ran again after this was asked for: the same wish, granted before. */
  | { outcome: "started-before"; url: string }
  | { outcome: "running"; url: string }
  | { outcome: "passed"; url: string }
  | { outcome: "needs-approval"; url: string }
  | { outcome: "none" }
  /** GitHub's own words. */
  | { outcome: "refused"; url: string; why: string };

export interface RerunOptions {
  commit: CommitId;
  event: "pull_request" | "push" | "merge_group";
  /** When somebody wished for it. */
  asked: Date;
  /** Leave a run alone in which nothing failed. */
  failedOnly?: boolean;
}

const Run = z.object({
  id: z.int(),
  head_sha: CommitId,
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  run_started_at: z.string().optional(),
  html_url: z.string(),
});

/**
 * Runs the failed jobs of the pipeline on a commit again, or all jobs if none failed. A run that was started again
 * after `asked` is left alone, so that the same request twice is one run.
 */
export async function rerunPipeline(
  context: EventContext,
  { commit, event, asked, failedOnly = false }: RerunOptions,
): Promise<Rerun> {
  const { octokit, repository } = context;
  const where = { owner: repository.owner, repo: repository.name };
  const run =
    (await runsOf(context, { event, head_sha: commit, per_page: 1 }))[0] ?? (await runAfter(context, commit, event));
  if (run === undefined) return { outcome: "none" };
  const { id, html_url: url, conclusion } = run;
  if (new Date(run.run_started_at ?? 0) > asked) return { outcome: "started-before", url };
  if (conclusion === "action_required") return { outcome: "needs-approval", url };
  if (run.status !== "completed") return { outcome: "running", url };
  const jobs = conclusion === "success" ? "all" : "failed";
  if (failedOnly && jobs === "all") return { outcome: "passed", url };
  try {
    const { actions } = octokit.rest;
    if (jobs === "all") await actions.reRunWorkflow({ ...where, run_id: id });
    else await actions.reRunWorkflowFailedJobs({ ...where, run_id: id });
    return { outcome: "started", url, jobs };
  } catch (error) {
    // Too old, or started by somebody else just now: GitHub says which.
    if (error instanceof Error && "status" in error && (error.status === 403 || error.status === 422)) {
      return { outcome: "refused", url, why: error.message };
    }
    throw error;
  }
}

async function runsOf(
  { octokit, repository }: EventContext,
  about: { event: string; head_sha?: string; branch?: string; per_page: number },
) {
  const { path } = about.event === "push" ? WORKFLOWS.register : WORKFLOWS.pulls;
  const { data } = await octokit.rest.actions.listWorkflowRuns({
    ...{ owner: repository.owner, repo: repository.name, workflow_id: basename(path), ...about },
  });
  return data.workflow_runs.map((run) => Run.parse(run));
}

/** A merge queue pushes several merges at once: the first run with the commit in its history is about it. */
async function runAfter(context: EventContext, commit: CommitId, event: string) {
  if (event !== "push") return undefined;
  const runs = await runsOf(context, { event, branch: context.repository.defaultBranch, per_page: 50 });
  for (const run of runs.reverse()) if (await isInHistory(context, commit, run.head_sha)) return run;
  return undefined;
}
