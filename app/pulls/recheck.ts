import type { Host } from "../github/event-context.ts";
import { publishPull } from "./publish.ts";
import { subjectOf, WorkflowRun } from "./results/workflow-run.ts";
import { askForPull } from "./state/pull-request-cache.ts";
import { takePullRun } from "./take-run.ts";

/**
 * Looks at a pull request as if nothing had been heard of it: asks GitHub for it and for its head's last run, takes that
 * run's results again, and publishes both checks anew. For who asks for a check again, and for what was missed.
 */
export async function recheckPullRequest(host: Host, number: number, { anew = true } = {}): Promise<void> {
  const pull = await askForPull(host, number);
  const { owner, name: repo } = host.repository;
  const { data } = await host.octokit.rest.actions.listWorkflowRunsForRepo({
    ...{ owner, repo, head_sha: pull.head, event: "pull_request", per_page: 50 },
  });
  const runs = data.workflow_runs.map((run) => WorkflowRun.parse(run)).sort((a, b) => b.id - a.id);
  for (const run of runs) {
    const subject = subjectOf(run, host.repository);
    if (subject.kind === "pull-request") return takePullRun(host, run, { ...subject, pulls: [number], anew });
  }
  await host.refresh([number]);
  await publishPull(host, pull, { anew });
}
