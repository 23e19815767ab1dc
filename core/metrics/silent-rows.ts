import type { Sampling } from "./sampling.ts";
import type { Statistic } from "./statistic.ts";
import { meanVariance } from "./unit-moves.ts";

/** With fewer rows than this that differ from the others, nothing is known of how far such rows go. */
const FEWEST_OTHERS = 5;

/**
 * Why the rows cannot say how far a value varies: because all say the same but for rounding, or nearly all do, so that the
 * few others, and those that a sample of this size may lack, decide. Undefined if they can. Pairs that differ by nothing
 * are left to the draws: that two predictions are the same is known.
 */
export function whyNothingVaries(
  statistic: Statistic,
  value: number,
  rows: {
    /** The standard error as the rows show it. */
    error: number;
    /** Each row's influence on the value, and how far rounding alone may have moved that: n. */
    influence: Float64Array;
    rounding: Float64Array;
    sampling: Sampling;
  },
): string | undefined {
  const { error, influence, rounding, sampling } = rows;
  if (!Number.isFinite(error) || error <= Math.sqrt(meanVariance(rounding, sampling)))
    return "no interval: every row says the same, so the rows cannot say how far the value varies";
  const n = influence.length;
  // Where more than half of the rows say the same, it is what the middle one says.
  const middle = influence.indexOf(influence.slice().sort()[n >> 1] as number);
  const [common, blur] = [influence[middle] as number, rounding[middle] as number];
  const isOther = (each: number, row: number) => Math.abs(each - common) > blur + (rounding[row] as number);
  const others = influence.reduce((count, each, row) => count + Number(isOther(each, row)), 0);
  if (others >= FEWEST_OTHERS || 2 * others >= n) return undefined;
  if (statistic.paired && Math.abs(common + value) <= blur) return undefined;
  return `no interval: ${n - others} of ${n} rows say the same, so the others cannot say how far the value varies`;
}
