import type { Violation } from "../../schemas/data-record.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { AskedGate, GateResult } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { checkGate } from "../gates/check-gate.ts";
import { gateRefusals } from "./gate-refusals.ts";

interface RegistrationDecision {
  outcome: "register" | "refused";
  results: GateResult[];
  refusals: Refusal[];
}

/**
 * Whether a finished run becomes a version: its evaluation is binding, its data keeps every declared
 * rule, and every `register` gate passes.
 */
export function decideRegistration(input: {
  evaluation: Evaluation;
  gates: readonly AskedGate[];
  /** The tries that the gates' answers rest on. */
  tries: readonly TryTerms[];
  violations: readonly Violation[];
}): RegistrationDecision {
  const { evaluation, tries, violations } = input;
  const evidence = { evaluation, comparisons: evaluation.comparisons, tries };
  const results = input.gates.map((asked) => checkGate(asked, evidence));
  const refusals = [
    ...notBinding(evaluation, "registered"),
    ...violations.map((violation) => ({
      code: "DATA_INVALID",
      message: `${violation.set} data${violation.column === undefined ? "" : `, column ${violation.column}`}: expected ${violation.expected}, found ${violation.found}`,
      hint: "Mend the data, or what the spec declares about it under `data`.",
    })),
    ...gateRefusals(results),
  ];
  return { outcome: refusals.length === 0 ? "register" : "refused", results, refusals };
}

/** What was not made from the default branch's own commit is advisory, and decides nothing. */
export function notBinding(evaluation: Evaluation, done: "registered" | "promoted"): Refusal[] {
  if (evaluation.binding) return [];
  return [
    {
      code: "NOT_BINDING",
      message: `An advisory evaluation cannot be ${done}: it was not made from the default branch's own commit.`,
      hint: "Merge to the default branch, and register from there.",
    },
  ];
}
