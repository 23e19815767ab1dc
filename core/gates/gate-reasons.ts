import type { Verdict } from "../../schemas/gate.ts";

interface Reason {
  verdict: Verdict;
  means: string;
  hint?: string;
}

/** Why a verdict is not a plain comparison: stable codes, the verdict each one goes with, what it means, and what to do next. */
export const GATE_REASONS = {
  NO_BASELINE: { verdict: "pass", means: "No version is in the stage compared with: there was nothing to compare." },
  METRIC_MISSING: {
    verdict: "inconclusive",
    means: "The evaluation does not hold the metric.",
    hint: "Declare the metric under `metrics` in model.yaml, and register again.",
  },
  METRIC_DIFFERS: {
    verdict: "inconclusive",
    means: "The metric was measured otherwise than the policy defines it for the floor.",
    hint: "Write the metric as slipway.yaml has it under `metrics`, and register again.",
  },
  CLASS_MISSING: {
    verdict: "inconclusive",
    means: "The metric has no value of its own for the class.",
    hint: "Use `average: none` and a class that the test labels hold; then register again.",
  },
  VALUE_UNDEFINED: {
    verdict: "inconclusive",
    means: "The metric is undefined on these rows, or was too fast to measure.",
  },
  SLICE_MISSING: {
    verdict: "inconclusive",
    means: "No test row is in the slice, or the slice was not evaluated.",
    hint: "Name the column under `slices` in model.yaml and check the value's spelling; then register again.",
  },
  TOO_FEW_ROWS: {
    verdict: "inconclusive",
    means: "There are fewer test rows than `min-rows`, or than 10.",
    hint: "Add test rows, or lower `min-rows` where so few rows are enough to decide.",
  },
  INTERVAL_MISSING: {
    verdict: "inconclusive",
    means: "No interval was recorded at the level that the gate asks for.",
    hint: "What was found says why: the metric has none, it takes more test rows, or less confidence or fewer `tries` in slipway.yaml from the next version on.",
  },
  INTERVAL_TOO_WIDE: {
    verdict: "inconclusive",
    means: "The value passes, but the interval's bound does not.",
    hint: "More test rows make the interval narrower.",
  },
  TEST_SET_SPENT: {
    verdict: "inconclusive",
    means: "Earlier tries have spent so much of the test set that too little is left of the confidence.",
    hint: "New test rows start a new count, unless more than 10 % of them are from a set that was tried; more `tries` do not. `slipway ledger` shows who spent what, and on which set.",
  },
  TRY_NOT_SPENT: {
    verdict: "inconclusive",
    means: "The answer costs a try of the test set, which is not spent yet.",
    hint: "Promote without --dry-run to spend it.",
  },
  COMPARISON_MISSING: {
    verdict: "inconclusive",
    means: "No comparison with the stage was made.",
    hint: "Compare again with the version that is in the stage now.",
  },
  COMPARISON_STALE: {
    verdict: "inconclusive",
    means: "The comparison was made on other test data than the evaluation.",
    hint: "Compare again on the test data of this version.",
  },
  BASELINE_UNAVAILABLE: {
    verdict: "inconclusive",
    means: "The predictions of the version compared with are not to be had.",
  },
  DIRECTION_UNCLEAR: {
    verdict: "inconclusive",
    means: "The metric's direction is unknown, or has changed since the evaluation.",
  },
  GATE_INCOMPLETE: { verdict: "inconclusive", means: "The gate sets no threshold, or mixes two kinds." },
} as const satisfies Record<string, Reason>;
export type GateReason = keyof typeof GATE_REASONS;

/** What a person may do next, if the reason says it. */
export function reasonHint(reason: string | undefined): string | undefined {
  const reasons: Readonly<Record<string, Reason>> = GATE_REASONS;
  return reasons[reason ?? ""]?.hint;
}
