import { timestamp } from "../../core/clock.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { MissedRegistration } from "../../schemas/pull-result.ts";
import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import type { Registered } from "./registered.ts";

/** What is kept of a model that became no version by this run. */
export function missedOf(context: EventContext, run: WorkflowRun, answer: Registered["answer"]): MissedRegistration {
  const { outcome } = answer;
  return {
    commit: run.head_sha,
    run: { id: run.id, attempt: run.run_attempt, url: run.html_url },
    at: timestamp(context.clock()),
    gates: outcome === "refused" ? answer.results : [],
    outcome:
      outcome === "refused" ? "refused" : outcome === "not-taken" || outcome === "failed" ? "failed" : "unchanged",
    refusals: refusalsOf(answer),
  };
}

/** Why a run's model is no new version. */
export function refusalsOf(answer: Registered["answer"]): Refusal[] {
  switch (answer.outcome) {
    case "not-taken":
      return [answer.refusal];
    case "failed": {
      const { code, message } = answer.error;
      const { hint } = answer.error.problems[0] ?? {};
      return [{ code, message, hint }];
    }
    case "refused":
      return answer.refusals;
    case "unchanged":
      return [{ code: "UNCHANGED", message: answer.reason }];
    case "registered":
      return [{ code: "UNCHANGED", message: `version ${answer.manifest.version} is registered` }];
  }
}
