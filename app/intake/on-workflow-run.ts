import { z } from "zod";
import { takeComparison } from "../commands/take-comparison.ts";
import type { EventHandler } from "../github/event-handler.ts";
import { takeMonitoring } from "../monitoring/take-run.ts";
import { takeGroupRun } from "../pulls/merge-groups/take-group-run.ts";
import { purposeOf, WorkflowRun } from "../pulls/results/workflow-run.ts";
import { takePullRun } from "../pulls/take-run.ts";
import { takeScores } from "../pulls/take-scores.ts";
import { registerRun } from "../registration/register-run.ts";

/** A run of the pipeline begins, goes on or ends. Its purpose decides what the App takes from it. */
export const onWorkflowRun: EventHandler<"workflow_run"> = async (context, payload) => {
  const run = WorkflowRun.parse(payload.workflow_run);
  const subject = purposeOf(run, context.repository);
  switch (subject.kind) {
    case "pull-request":
      return takePullRun(context, run, subject);
    case "merge-group":
      return takeGroupRun(context, run);
    case "default-branch":
      return run.status === "completed" ? registerRun(context, run) : undefined;
    case "scores":
      return run.status === "completed" ? takeScores(context, run) : undefined;
    case "comparison":
      return run.status === "completed" ? takeComparison(context, run) : undefined;
    case "monitoring":
      return run.status === "completed" ? takeMonitoring(context, run) : undefined;
    case "none":
      context.log.info({ run: run.id, why: subject.why }, "a run that is nobody's");
  }
};

onWorkflowRun.concerns = (payload, repository) => {
  const { data } = z.object({ workflow_run: WorkflowRun }).safeParse(payload);
  return data === undefined || purposeOf(data.workflow_run, repository).kind !== "none";
};
