import type { Verdict } from "../../schemas/gate.ts";

/** Why a verdict is not a plain comparison: stable codes, the verdict each one goes with, and what it means. */
export const GATE_REASONS = {
  NO_BASELINE: ["pass", "No version is in the stage compared with: there was nothing to compare."],
  METRIC_MISSING: ["inconclusive", "The evaluation does not hold the metric."],
  METRIC_DIFFERS: ["inconclusive", "The metric was measured otherwise than the policy defines it for the floor."],
  CLASS_MISSING: ["inconclusive", "The metric has no value of its own for the class."],
  VALUE_UNDEFINED: ["inconclusive", "The metric is undefined on these rows."],
  SLICE_MISSING: ["inconclusive", "No test row is in the slice, or the slice was not evaluated."],
  TOO_FEW_ROWS: ["inconclusive", "There are fewer test rows than `min-rows`, or than 10."],
  INTERVAL_MISSING: ["inconclusive", "No interval was recorded at the gate's confidence."],
  INTERVAL_TOO_WIDE: ["inconclusive", "The value passes, but the interval's bound does not."],
  COMPARISON_MISSING: ["inconclusive", "No comparison with the stage was made."],
  COMPARISON_STALE: ["inconclusive", "The comparison was made on other test data than the evaluation."],
  BASELINE_UNAVAILABLE: ["inconclusive", "The predictions of the version compared with are not to be had."],
  DIRECTION_UNCLEAR: ["inconclusive", "The metric's direction is unknown, or has changed since the evaluation."],
  GATE_INCOMPLETE: ["inconclusive", "The gate sets no threshold, or mixes two kinds."],
} as const satisfies Record<string, readonly [Verdict, string]>;
export type GateReason = keyof typeof GATE_REASONS;
