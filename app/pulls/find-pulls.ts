import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "./results/workflow-run.ts";
import { knownOpenPulls, notePull } from "./state/pull-request-cache.ts";

/**
 * The pull requests that a run may be about. They are those that GitHub names, or those whose head is the run's.
 * GitHub names none for a fork's run: then they are those that it lists for the fork's branch, by one call. Git says
 * later whether the head still is the run's.
 */
export async function findPulls(context: EventContext, run: WorkflowRun): Promise<number[]> {
  const { repository, octokit } = context;
  const named = (run.pull_requests ?? [])
    .filter(({ base }) => base.repo.id === repository.id)
    .map(({ number }) => number);
  if (named.length > 0) return named;
  const known = knownOpenPulls(context).filter(({ head }) => head === run.head_sha);
  if (known.length > 0) return known.map(({ number }) => number);
  const owner = run.head_repository?.full_name.split("/")[0];
  if (owner === undefined || run.head_branch === null) return [];
  const { data } = await octokit.rest.pulls.list({
    ...{ owner: repository.owner, repo: repository.name, state: "open", per_page: 30 },
    head: `${owner}:${run.head_branch}`,
  });
  return data
    .map((pull) => notePull(context, pull))
    .filter(({ head }) => head === run.head_sha)
    .map(({ number }) => number);
}
