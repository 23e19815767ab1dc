import type { TryTerms } from "../../schemas/try.ts";
import { askedLevel } from "../gates/asked-level.ts";
import { spentBefore } from "./charge.ts";
import { triesLeft } from "./tries-left.ts";

/** What is left of a test set for gates of one confidence. */
export interface LeftCount {
  /** The policy's `tries`; 0: no promise over tries. */
  budget: number;
  /** How many were spent, on this set and on those that it shares rows with. */
  tries: number;
  /** What they spent for a gate of this confidence: the sum of their levels, each at least at its price. */
  spent: number;
  /** How many more such a gate answers. Absent without a budget. */
  left?: number;
}

/** Counts what `recorded` tries leave for gates of a confidence. */
export function countLeft(recorded: readonly Pick<TryTerms, "level">[], budget: number, confidence: number): LeftCount {
  const price = budget === 0 ? 0 : askedLevel(confidence, budget);
  const count = { budget, tries: recorded.length, spent: spentBefore(price, recorded) };
  return budget === 0 ? count : { ...count, left: triesLeft([confidence], budget, recorded) };
}
