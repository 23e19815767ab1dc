import type { TryTerms } from "../../schemas/try.ts";
import { askedLevel } from "../gates/asked-level.ts";
import { spentBefore } from "./charge.ts";

// A sum of levels divided by a level carries binary rounding.
const ROUNDING = 1e-6;

/**
 * How many tries a test set has left, of a budget above 0, for gates of these confidences that are asked together: until the
 * first of them is not answered any more. `recorded` are the tries that count for the set.
 */
export function triesLeft(
  confidences: readonly number[],
  budget: number,
  recorded: readonly Pick<TryTerms, "level">[],
): number {
  return triesLeftAfter(confidences, budget, spentBefore(priceOfTry(confidences, budget), recorded));
}

/** The same where this much was spent. Each try spends what the most expensive of the gates asks for. */
export function triesLeftAfter(confidences: readonly number[], budget: number, spent: number): number {
  const price = priceOfTry(confidences, budget);
  const each = confidences.map((confidence) => {
    const further = (1 - confidence - spent - askedLevel(confidence, budget)) / price;
    return Math.max(0, Math.floor(further + ROUNDING) + 1);
  });
  return Math.min(...each);
}

function priceOfTry(confidences: readonly number[], budget: number): number {
  return Math.max(...confidences.map((confidence) => askedLevel(confidence, budget)));
}
