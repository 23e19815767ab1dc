import type { AbortRule, RolloutFigures, RolloutStep } from "../../schemas/rollout.ts";
import { latencyQuantile } from "./latency.ts";

/** What the figures say of the policy's rules in a step. */
export interface Judgement {
  /** The rules that are broken, in words: any of them ends the rollout. */
  broken: string[];
  /** The rules that have no answer yet, in words. */
  unanswered: string[];
}

/** A new version has to have been asked at least that often, whatever the rules say. */
const LEAST_REQUESTS = 1;

/** Whether the new version is worse than the policy bears, as far as the figures of the step can tell. */
export function abortOf(rules: readonly AbortRule[], step: RolloutStep, figures: RolloutFigures): Judgement {
  const judged: Judgement = { broken: [], unanswered: [] };
  const { requests } = figures;
  if (requests < LEAST_REQUESTS) judged.unanswered.push("no request was counted");
  for (const rule of rules.filter((each) => appliesIn(each, step))) {
    const { metric, "at-most": atMost, "min-requests": least } = rule;
    const value = measured(metric, figures);
    if (requests < least || value === undefined)
      judged.unanswered.push(
        `${metric} needs ${least} requests${requests < least ? `, and there are ${requests}` : " with rows to compare"}`,
      );
    else if (value > atMost)
      judged.broken.push(
        `${metric} is ${Number(value.toPrecision(3))} over ${requests} requests, and may be ${atMost} at most`,
      );
  }
  return judged;
}

/** Answers are compared in shadow steps alone: elsewhere one version answers a request. */
function appliesIn({ metric }: AbortRule, step: RolloutStep): boolean {
  return metric !== "disagreement" || "shadow" in step;
}

function measured(metric: AbortRule["metric"], figures: RolloutFigures): number | undefined {
  const { requests, errors, compared, disagreed } = figures;
  if (metric === "error_rate") return requests === 0 ? undefined : errors / requests;
  if (metric === "latency_p99_ms") return latencyQuantile(figures, 0.99);
  return compared === 0 ? undefined : disagreed / compared;
}
