import type { EventContext } from "../github/event-context.ts";
import { publishPull } from "./publish.ts";
import { purposeOf, WorkflowRun } from "./results/workflow-run.ts";
import { askForPull } from "./state/pull-request-cache.ts";
import { takePullRun } from "./take-run.ts";

/**
 * Looks at a pull request as if the App knew nothing of it: asks GitHub for it and for its head's last run, takes
 * that run's results again, and publishes both checks anew. Used if a person asks for a check again, and if an event
 * was missed.
 */
export async function recheckPullRequest(context: EventContext, number: number, { anew = true } = {}): Promise<void> {
  const pull = await askForPull(context, number);
  const { owner, name: repo } = context.repository;
  const { data } = await context.octokit.rest.actions.listWorkflowRunsForRepo({
    ...{ owner, repo, head_sha: pull.head, event: "pull_request", per_page: 50 },
  });
  const runs = data.workflow_runs.map((run) => WorkflowRun.parse(run)).sort((a, b) => b.id - a.id);
  for (const run of runs) {
    const subject = purposeOf(run, context.repository);
    if (subject.kind === "pull-request") return takePullRun(context, run, { ...subject, pulls: [number], anew });
  }
  await context.refresh([number]);
  await publishPull(context, pull, { anew });
}
