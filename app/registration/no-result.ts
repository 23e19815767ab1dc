import { type Refused, refused } from "../../core/attested/refusal.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";

/** Why the default branch's run has nothing of a model that its commit changes, in the words of how it ended. */
export function noResult({ conclusion }: WorkflowRun, model: string): Refused {
  switch (conclusion) {
    case "cancelled":
      return refused("RUN_CANCELLED", `The default branch's run was cancelled before it had a result for ${model}.`);
    case "startup_failure":
      return refused(
        "RESULT_MISSING",
        `GitHub could not start the default branch's run: there is no result for ${model}.`,
        "The run's page says why: often the workflow grants a called job less than it asks for. `slipway init --github` writes one that does.",
      );
    case "timed_out":
      return refused(
        "RESULT_MISSING",
        `The default branch's run took longer than it may, and has no result for ${model}.`,
      );
    case "success":
    case "skipped":
      return refused(
        "RESULT_MISSING",
        `The default branch's run found nothing to run for ${model}, though its commit changes it.`,
        "The log of its job `plan` says what it compared. Start the workflow on the default branch by hand: it runs every model.",
      );
    default:
      return refused(
        "RESULT_MISSING",
        `The default branch's run ended (${conclusion ?? "without a conclusion"}) without a result for ${model}.`,
        "Its log says why. When that is mended, comment `/retry`.",
      );
  }
}
