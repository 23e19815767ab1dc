import type { CommitId } from "../../../schemas/names.ts";
import type { Host } from "../../github/event-context.ts";
import { isAncestor, mergeBase, tipOf } from "../../repositories/read-mirror.ts";
import { readResults, vouchedBy } from "../results/read-results.ts";
import { noteRun } from "../results/run-state.ts";
import { runState, type WorkflowRun } from "../results/workflow-run.ts";
import type { Reported } from "../state/load-change.ts";
import { planChange, runnable } from "../state/plan-pull.ts";
import { fetchGroup, groupBases } from "./fetch-group.ts";
import { publishGroup } from "./publish-group.ts";

/** A merge group's run goes on or ends: its results complete the checks on the group's head, and are kept nowhere. */
export async function takeGroupRun(host: Host, run: WorkflowRun): Promise<void> {
  await host.refresh();
  const { head_sha: head, head_branch: branch } = run;
  if (!(await fetchGroup(host, branch ?? "", head))) {
    host.log.info({ run: run.id, branch }, "a merge group that is gone");
    return;
  }
  const state = runState(run);
  if (!noteRun(host, head, state)) return;
  const group = { base: await groupBase(host, head, branch ?? ""), head };
  const records = new Map<string, Reported>();
  if (state.status === "completed") {
    const models = runnable(await planChange(host, group.base, head));
    const known = { id: run.id, attempt: run.run_attempt, head, binding: false };
    const vouched = models.length === 0 ? [] : await vouchedBy(host, known);
    if (vouched === "superseded") return;
    const read = await readResults(host, known, vouched, models);
    const about = { run: { id: run.id, attempt: run.run_attempt, url: run.html_url }, charts: {} };
    for (const { model, ...answer } of read) records.set(model, { ...about, ...answer });
  }
  await publishGroup(host, group, records);
}

/**
 * Where a group starts: as GitHub said when it asked for its checks; after a restart, as its branch is called by; and
 * otherwise where it left the default branch, which may be too early and is never too late.
 */
async function groupBase(host: Host, head: CommitId, branch: string): Promise<CommitId | undefined> {
  const known = groupBases(host).get(head);
  if (known !== undefined) return known;
  const named = /-([0-9a-f]{40})$/.exec(branch)?.[1];
  if (named !== undefined && named !== head && (await isAncestor(host, named, head))) return named;
  return mergeBase(host, await tipOf(host), head);
}
