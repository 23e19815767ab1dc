import type { AskedGate, Gate, GateResult } from "../../schemas/gate.ts";
import { INCOMPLETE, inconclusive } from "./gate-answer.ts";
import { type GateEvidence, measuredOtherwise } from "./gate-evidence.ts";
import { GATE_KINDS, kindsOf } from "./gate-kinds.ts";
import { formatPercent } from "./number-words.ts";

/**
 * Answers one gate. A value that misses its threshold fails; one that passes where the interval's bound
 * does not, and all evidence that is absent or undefined, is inconclusive. Thresholds are inclusive, but for an improvement
 * that is asked for with a confidence. Such a gate is asked at the level that its tries leave, and not at all without one.
 * A comparison passes where no version is in the stage compared with, and says so. A floor's metric has to have been
 * measured as the policy defines it: what only has its name is no evidence.
 */
export function checkGate({ gate, origin, definition }: AskedGate, evidence: GateEvidence): GateResult {
  const [kind, another] = kindsOf(gate);
  const other = definition && measuredOtherwise(gate, definition, evidence.evaluation);
  const answer = other
    ? inconclusive(other)
    : kind === undefined || another !== undefined
      ? INCOMPLETE
      : kind.check(gate, evidence);
  return { gate, origin, expected: gateExpectation(gate), ...answer };
}

/** What a gate asks for, in words: `at least 0.9 with 95 % confidence`. */
export function gateExpectation(gate: Gate): string {
  const parts = GATE_KINDS.flatMap((kind) => kind.words(gate));
  const confidence = gate.confidence === undefined ? "" : ` with ${formatPercent(gate.confidence)} confidence`;
  return (parts.join(" and ") || "a threshold") + confidence;
}
