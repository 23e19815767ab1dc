import { checkWorkflow } from "../../core/attested/check-workflow.ts";
import { parseMonitorResult } from "../../core/attested/parse-result.ts";
import { attestedBy, attestedBytes } from "../../core/attested/read-results.ts";
import { isRefused, type Refused, refused } from "../../core/attested/refusal.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { defaultTip, isInHistory } from "../repositories/read-mirror.ts";

/** What the last job of slipway-monitor.yml calls what it looked at. */
const SUBJECT = "models";

/**
 * What a run of slipway-monitor.yml attests, if its workflow is the default branch's; or why it is not taken. `superseded`: it is
 * being run again. What it says is not held against anything yet.
 */
export async function readMonitorResult(
  context: EventContext,
  { id, run_attempt: attempt, head_sha: head, conclusion }: WorkflowRun,
): Promise<MonitorResult | Refused | "superseded"> {
  const branch = context.repository.defaultBranch;
  const tip = await defaultTip(context);
  if (!(await isInHistory(context, head, tip))) return refused("WORKFLOW_OUTDATED", `Its commit is not on ${branch}.`);
  const wrong = await checkWorkflow(context.ports.objects, { use: "monitor", tip, head, base: head, branch });
  if (wrong) return wrong;
  const attested = await attestedBy(context, { id, attempt });
  if (attested === "superseded") return attested;
  if (conclusion === "cancelled") return refused("RUN_CANCELLED", "The run was cancelled.");
  const own = attested.filter(({ model }) => model === SUBJECT);
  const content = await attestedBytes(context, id, "the models that it looked at", own);
  return isRefused(content) ? content : parseMonitorResult(content);
}
