import { basename } from "node:path";
import { z } from "zod";
import { WORKFLOWS, type WorkflowUse } from "../../core/github.ts";
import { runKey } from "../intake/event-key.ts";
import type { Delivery } from "../intake/intake.ts";
import { foundEvent, type Search } from "./finding.ts";

const Run = z.object({ id: z.int(), run_attempt: z.int().default(1), event: z.string(), head_sha: z.string() });
type Run = z.infer<typeof Run>;

/**
 * Completed runs of Slipway's workflows that this process has not seen, oldest first. The default branch's are all taken, since
 * each spends a try of its test set; of other commits only the last one, of a pull request only if its commit is a head. Scores are all taken, after what they are of.
 * The handlers ask Git whether a run was registered or reported before. Undefined if GitHub knows none of the workflows: then the
 * repository does not use Slipway.
 */
export async function findRuns(search: Search): Promise<Delivery[] | undefined> {
  const { installed, knows, pulls } = search;
  const { octokit, repository } = installed;
  const pulled = await runsOf(search, "pulls");
  const registering = await runsOf(search, "register");
  const scoring = await runsOf(search, "score");
  const comparing = await runsOf(search, "compare");
  const monitoring = await runsOf(search, "monitor");
  if (pulled === undefined && registering === undefined) return undefined;
  const heads = new Set(pulls.map(({ head }) => head.sha));
  // GitHub lists the newest first.
  const isLast = (run: Run, at: number) =>
    pulled?.findIndex(({ event, head_sha: head }) => event === run.event && head === run.head_sha) === at;
  const advisory = pulled?.filter(
    (run, at) => isLast(run, at) && (run.event !== "pull_request" || heads.has(run.head_sha)),
  );
  const found: Delivery[] = [];
  const others = [registering, scoring, comparing, monitoring].flatMap((runs) => runs ?? []);
  const matter = [...(advisory ?? []), ...others].sort((a, b) => a.id - b.id);
  const { owner, name: repo } = repository;
  for (const { id, run_attempt: attempt } of matter) {
    if (knows(runKey(repository.id, id, attempt))) continue;
    const { data: run } = await octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: id });
    if (run.status !== "completed") continue;
    const key = runKey(repository.id, id, run.run_attempt ?? 1);
    found.push(
      foundEvent(search, "workflow_run", key, { action: "completed", workflow_run: run, sender: run.actor ?? null }),
    );
  }
  return found;
}

/** Completed runs of one workflow, the newest first; undefined if GitHub knows no such workflow. */
async function runsOf({ installed, listings, since }: Search, use: WorkflowUse): Promise<Run[] | undefined> {
  const { octokit, repository } = installed;
  const { owner, name: repo } = repository;
  const route = "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs";
  const about = {
    owner,
    repo,
    workflow_id: basename(WORKFLOWS[use].path),
    status: "completed",
    created: `>=${since.toISOString().slice(0, 10)}`,
  };
  const keep = (run: unknown) => Run.safeParse(run).data;
  return listings.read(octokit, route, about, keep, "workflow_runs").catch((error: { status?: number }) => {
    if (error.status === 404) return undefined;
    throw error;
  });
}
