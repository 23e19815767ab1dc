import type { Refusal } from "../../schemas/decision.ts";
import type { GateResult } from "../../schemas/gate.ts";
import { gateSubject } from "../gates/gate-words.ts";

/** One refusal for each gate that does not pass: inconclusive never counts as passed. */
export function gateRefusals(results: readonly GateResult[]): Refusal[] {
  return results
    .filter((result) => result.verdict !== "pass")
    .map((result) => {
      const failed = result.verdict === "fail";
      const whose = result.origin === "policy" ? " (the platform's floor)" : "";
      return {
        code: failed ? "GATE_FAILED" : "GATE_INCONCLUSIVE",
        message: `${gateSubject(result.gate)}${whose}: expected ${result.expected}, found ${result.found}`,
        ...(failed ? {} : { hint: HINTS[result.reason ?? ""] ?? "See docs/gates.md on inconclusive gates." }),
      };
    });
}

const HINTS: Readonly<Record<string, string>> = {
  INTERVAL_TOO_WIDE: "More test rows make the interval narrower.",
  TOO_FEW_ROWS: "Add test rows, or lower `min-rows` where so few rows are enough to decide.",
  METRIC_MISSING: "Declare the metric under `metrics` in model.yaml, and register again.",
  METRIC_DIFFERS: "Write the metric as slipway.yaml has it under `metrics`, and register again.",
  SLICE_MISSING: "Name the column under `slices` in model.yaml and check the value's spelling; then register again.",
  CLASS_MISSING: "Use `average: none` and a class that the test labels hold; then register again.",
  INTERVAL_MISSING: "Register again: intervals are made at the confidences that the gates ask for.",
  COMPARISON_MISSING: "Compare again with the version that is in the stage now.",
  COMPARISON_STALE: "Compare again on the test data of this version.",
};
