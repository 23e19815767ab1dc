import type { AskedGate } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";

/** The policy's `tries` where it says nothing. */
export const DEFAULT_TRIES = 20;

// Levels such as (1 − 0.95) ÷ 20, and sums of them, carry binary rounding.
const ROUNDING = 1e-9;

/** The one-sided level at which a gate with this confidence is asked: each try of the budget has an equal share of the risk. */
export function askedLevel(confidence: number, budget: number): number {
  return (1 - confidence) / (budget === 0 ? 1 : budget);
}

/** Whether what was spent of the test set leaves too little for one more question at this confidence. */
export function isSpent(confidence: number, { budget, before }: Pick<TryTerms, "budget" | "before">): boolean {
  if (budget === 0) return false;
  return before + askedLevel(confidence, budget) > (1 - confidence) * (1 + ROUNDING);
}

/** Whether the try spends as much as the question costs. */
export function isCovered(confidence: number, { budget, level }: TryTerms): boolean {
  return askedLevel(confidence, budget) <= level * (1 + ROUNDING);
}

/** What all gates with a confidence ask at once: the level of the most expensive one; 0 where there is none. */
export function priceOf(gates: readonly Pick<AskedGate, "gate">[], budget: number): number {
  return Math.max(
    0,
    ...gates.flatMap(({ gate: { confidence } }) => (confidence ? askedLevel(confidence, budget) : [])),
  );
}
