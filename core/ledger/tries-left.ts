import type { TryTerms } from "../../schemas/try.ts";
import { askedLevel } from "../gates/asked-level.ts";
import { spentBefore } from "./charge.ts";

// A sum of levels divided by a level carries binary rounding.
const ROUNDING = 1e-6;

/** How many tries at this confidence a test set has left, of a budget above 0. `recorded` are those that count for it. */
export function triesLeft(confidence: number, budget: number, recorded: readonly Pick<TryTerms, "level">[]): number {
  const price = askedLevel(confidence, budget);
  return Math.max(0, Math.floor((1 - confidence - spentBefore(price, recorded)) / price + ROUNDING));
}
