import { attestedBy, readResults } from "../../../core/attested/read-results.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { EventContext } from "../../github/event-context.ts";
import { defaultTip, isInHistory, mergeBase } from "../../repositories/read-mirror.ts";
import { noteRun } from "../results/run-state.ts";
import { runState, type WorkflowRun } from "../results/workflow-run.ts";
import type { Reported } from "../state/load-change.ts";
import { planChange, runnable } from "../state/plan-pull.ts";
import { fetchGroup, groupBases } from "./fetch-group.ts";
import { publishGroup } from "./publish-group.ts";

/** A merge group's run goes on or ends: its results complete the checks on the group's head, and are kept nowhere. */
export async function takeGroupRun(context: EventContext, run: WorkflowRun): Promise<void> {
  await context.refresh();
  const { head_sha: head, head_branch: branch } = run;
  if (!(await fetchGroup(context, branch ?? "", head))) {
    context.log.info({ run: run.id, branch }, "a merge group that is gone");
    return;
  }
  const state = runState(run);
  if (!noteRun(context, head, state)) return;
  const group = { base: await groupBase(context, head, branch ?? ""), head };
  const records = new Map<string, Reported>();
  if (state.status === "completed") {
    const models = runnable(await planChange(context, group.base, head));
    const known = { id: run.id, attempt: run.run_attempt, head, binding: false };
    const attested = models.length === 0 ? [] : await attestedBy(context, known);
    if (attested === "superseded") return;
    const read = await readResults(context, known, attested, models);
    const about = { run: { id: run.id, attempt: run.run_attempt, url: run.html_url }, charts: {} };
    for (const { model, ...answer } of read) records.set(model, { ...about, ...answer });
  }
  await publishGroup(context, group, records);
}

/**
 * Where a group starts: as GitHub said when it asked for its checks; after a restart, as its branch is called by; and
 * otherwise where it left the default branch, which may be too early and is never too late.
 */
async function groupBase(context: EventContext, head: CommitId, branch: string): Promise<CommitId | undefined> {
  const known = groupBases(context).get(head);
  if (known !== undefined) return known;
  const named = /-([0-9a-f]{40})$/.exec(branch)?.[1];
  if (named !== undefined && named !== head && (await isInHistory(context, named, head))) return named;
  return mergeBase(context, await defaultTip(context), head);
}
