import type { TryTerms } from "../../schemas/try.ts";
import { askedLevel } from "./asked-level.ts";

// A sum of levels divided by a level carries binary rounding.
const ROUNDING = 1e-6;

/** ` (try 3 of 20)`: where a gate with this confidence stands in the budget; of several tries, the latest. Without a budget nothing. */
export function tryWords(confidence: number, tries: readonly TryTerms[]): string {
  const places = tries
    .filter(({ budget }) => budget > 0)
    .map(({ budget, before }) => ({ budget, number: tryNumber(confidence, { budget, before }) }));
  const [last] = places.sort((a, b) => b.number / b.budget - a.number / a.budget);
  return last === undefined ? "" : ` (try ${last.number} of ${last.budget})`;
}

/** As if all that was spent before had been tries at this price: 1 for the first. */
export function tryNumber(confidence: number, { budget, before }: Pick<TryTerms, "budget" | "before">): number {
  return Math.ceil(before / askedLevel(confidence, budget) - ROUNDING) + 1;
}
