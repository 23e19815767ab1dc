import { emit } from "./events/emit.ts";
import type { State, WorkflowRun } from "./state.ts";
import { showRun, showWorkflow } from "./views/run.ts";

/** Tells of a run that was queued (`requested`), started or ended: by webhook, and to workflows that wait for it. */
export function tellOfRun(state: State, run: WorkflowRun, action: "requested" | "in_progress" | "completed"): void {
  const { repository: repo, workflow, triggeringActor: account } = run;
  const payload = { action, workflow_run: showRun(state, run), workflow: showWorkflow(state, repo, workflow) };
  emit({ state, repo, actor: { kind: "user", account } }, "workflow_run", payload);
}
