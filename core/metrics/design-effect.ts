import { normalQuantile, studentQuantile } from "./quantiles.ts";
import type { Sampling } from "./sampling.ts";
import { unitMoves, unitVariance } from "./unit-moves.ts";

/** Of the square of a normal quantile: how far a sample of groups may lack the worst of them, simulated. */
const SKEWNESS = 0.026;

/**
 * How many times as many rows are needed as if they were independent (Kish, 1965), at a one-sided level, for a bound with
 * `room` beyond the value on a scale from 0 to 1. `rows`: those that the value rests on. It is 1 for single rows. Student's t
 * with units − 1 degrees is in it, and what a few units cannot show of units that are worse than all of them.
 */
export function designEffect(
  influence: Float64Array,
  rows: number,
  sampling: Sampling,
): (level: number, room: number) => number {
  const { unit, units } = sampling;
  if (unit === "row") return () => 1;
  const n = influence.length;
  const alone = influence.reduce((sum, each) => sum + each * each, 0) / n ** 2;
  const together = unitVariance(unitMoves(influence, sampling), sampling) / units;
  const most = Math.max(1, rows / units);
  const seen = alone > 0 ? together / alone : most;
  const largest = Math.max(most, seen);
  return (level, room) => {
    const z = normalQuantile(1 - level);
    const t = (studentQuantile(1 - level, units - 1) / z) ** 2;
    const unseen = (SKEWNESS * z * z) / (Math.sqrt(units) * Math.max(room, 1 / rows));
    return Math.max(1, Math.min(largest * t, seen * t + Math.max(seen, 1) * unseen));
  };
}
