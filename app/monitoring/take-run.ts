import { threadOfMonitorTitle } from "../../core/acts/monitor-title.ts";
import { recordMonitoring } from "../../core/acts/record-monitoring.ts";
import { isRefused } from "../../core/attested/refusal.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { actOnModels } from "./act-on-models.ts";
import { checkWindows } from "./check-result.ts";
import { readMonitorResult } from "./read-result.ts";
import { tellThread } from "./tell-thread.ts";

/**
 * A run that looked at models has ended: what it attests and what can be true of it is recorded, and what follows from that is done.
 * Nobody's word counts but the default branch's own run's. Twice is once, and who was killed on the way does the rest.
 */
export async function takeMonitoring(context: EventContext, run: WorkflowRun): Promise<void> {
  const { app, log, ports } = context;
  await context.refresh();
  const result = await readMonitorResult(context, run);
  if (result === "superseded") return;
  const thread = threadOfMonitorTitle(run.display_title ?? "");
  if (isRefused(result)) {
    log.warn({ run: run.id, code: result.refusal.code }, result.refusal.message);
    return tellThread(context, run, thread, { refusal: result.refusal });
  }
  const { sound, wrong } = await checkWindows(context, result.windows);
  for (const { window, why } of wrong)
    log.warn({ run: run.id, model: window.model, version: window.version, from: window.window.from, why }, "not taken");
  const recorder = { by: personOf(app), host: ports.name, run: `${run.id}-${run.run_attempt}` };
  const { written } = await recordMonitoring(ports, { windows: sound }, recorder);
  log.info({ run: run.id, written, wrong: wrong.length, problems: result.problems.length }, "monitoring recorded");
  const retrained = await actOnModels(context, { ...result, windows: sound }, thread);
  await tellThread(context, run, thread, { result, retrained });
}
