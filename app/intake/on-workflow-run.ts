import { z } from "zod";
import type { Handler } from "../github/event-handler.ts";
import { takeGroupRun } from "../pulls/merge-groups/take-group-run.ts";
import { subjectOf, WorkflowRun } from "../pulls/results/workflow-run.ts";
import { takePullRun } from "../pulls/take-run.ts";
import { registerRun } from "../registration/register-run.ts";

/** A run of the pipeline begins, goes on or ends: whose it is decides what is taken from it. */
export const onWorkflowRun: Handler<"workflow_run"> = async (host, payload) => {
  const run = WorkflowRun.parse(payload.workflow_run);
  const subject = subjectOf(run, host.repository);
  switch (subject.kind) {
    case "pull-request":
      return takePullRun(host, run, subject);
    case "merge-group":
      return takeGroupRun(host, run);
    case "default-branch":
      return run.status === "completed" ? registerRun(host, run) : undefined;
    case "none":
      host.log.info({ run: run.id, why: subject.why }, "a run that is nobody's");
  }
};

onWorkflowRun.concerns = (payload, repository) => {
  const { data } = z.object({ workflow_run: WorkflowRun }).safeParse(payload);
  return data === undefined || subjectOf(data.workflow_run, repository).kind !== "none";
};
