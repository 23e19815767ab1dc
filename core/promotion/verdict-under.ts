import type { Comparison, Evaluation } from "../../schemas/evaluation.ts";
import type { AskedGate, GateResult } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { checkGate } from "../gates/check-gate.ts";
import type { GateReason } from "../gates/gate-reasons.ts";

/** What a stage asks for, by one policy. */
export interface AskedOfStage {
  /** Undefined if the policy has no such stage. */
  gates: readonly AskedGate[] | undefined;
  approvals: number;
  /** The policy's `tries`. */
  budget: number;
}

/** What is on record of a decision, and of the version that it was on. */
export interface RecordedEvidence {
  evaluation: Evaluation;
  comparisons: readonly Comparison[];
  tries: readonly TryTerms[];
  /** How many people approved it. */
  approvals: number;
  /** Codes of what kept it out besides gates and approvals; empty if nothing did. */
  otherRefusals: readonly string[];
}

export interface VerdictUnder {
  outcome:
    | "passes"
    | "kept-out"
    /** Its gates pass, and people are missing. */
    | "waits"
    /** What is on record does not say. */
    | "untold";
  /** The gates that do not pass. */
  open: readonly GateResult[];
  /** Why, besides gates, a sentence each. */
  why: readonly string[];
}

/** Another run, comparison or try could bring what is missing: nobody knows what it would say. */
const UNTOLD: ReadonlySet<string> = new Set<GateReason>([
  ...(["METRIC_MISSING", "METRIC_DIFFERS", "CLASS_MISSING", "SLICE_MISSING", "INTERVAL_MISSING"] as const),
  ...(["TRY_NOT_SPENT", "COMPARISON_MISSING", "COMPARISON_STALE", "BASELINE_UNAVAILABLE"] as const),
]);

/**
 * What a policy would have said of a recorded decision, by what is on record: no value is measured, no comparison made and no
 * try spent for it. A gate that fails keeps the version out, whatever else cannot be told.
 */
export function verdictUnder({ gates, approvals, budget }: AskedOfStage, recorded: RecordedEvidence): VerdictUnder {
  if (gates === undefined) return { outcome: "untold", open: [], why: ["the policy has no such stage"] };
  const { evaluation, comparisons, tries, otherRefusals } = recorded;
  // At another number of tries the same try is asked at another level.
  const isOtherBudget = tries.some((terms) => terms.budget !== budget);
  const results = gates.map((asked) => checkGate(asked, { evaluation, comparisons, tries }));
  const open = results.filter(({ verdict }) => verdict !== "pass");
  const isUntold = (result: GateResult) =>
    (result.verdict === "inconclusive" && UNTOLD.has(result.reason ?? "")) ||
    (isOtherBudget && result.gate.confidence !== undefined && result.verdict !== "fail");
  const known = open.filter((result) => !isUntold(result));
  const missing = Math.max(0, approvals - recorded.approvals);
  const people = missing === 0 ? [] : [`${missing} of ${approvals} approvals ${missing === 1 ? "is" : "are"} missing`];
  if (known.length > 0 || otherRefusals.length > 0)
    return {
      outcome: "kept-out",
      open,
      why: [...otherRefusals.map((code) => `${code} kept it out besides`), ...people],
    };
  if (results.some(isUntold)) {
    const why = isOtherBudget ? [`its try was spent with tries: ${tries[0]?.budget}`] : [];
    return { outcome: "untold", open, why: [...why, ...people] };
  }
  return { outcome: missing > 0 ? "waits" : "passes", open, why: people };
}
