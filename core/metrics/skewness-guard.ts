import { studentQuantile } from "./quantiles.ts";
import type { Sampling } from "./sampling.ts";

/**
 * The skewness that a bound reckons with, by how lopsided the units are: 0 if they are even; that of the heaviest tail
 * which such a sample may come from if they are not. Found by simulation: with these values, means of lognormal errors
 * (sigma 1) and of squared errors (Student's t with 5 degrees, lognormal) keep what docs/metrics.md promises.
 */
const RECKONED: readonly (readonly [lopsided: number, skewness: number])[] = [
  [1, 0],
  [1.4, 5],
  [3.25, 5],
  [4.5, 30],
  [6, 40],
];

/**
 * How few units may look tamer than the population is. With fewer than `few`, lopsided ones may look even; with fewer than
 * `many`, squares look the same whatever their tail. Blocks of time average rows, so that squares look tamer by `averaged`.
 */
const TAMER: Record<Sampling["unit"], { few: number; many: number; averaged: number }> = {
  row: { few: 20, many: 100, averaged: 0 },
  group: { few: 20, many: 300, averaged: 0 },
  "time-block": { few: 60, many: 80, averaged: 1.7 },
};

/** One of so many units that carries so much of their squares is of a kind of which more may be missing. */
const ALONE = { of: 30, share: 0.9 };

/**
 * How far the mean of the largest tenth lies above the mean, to how far that of the smallest tenth lies below: 1 if even.
 * Infinite, or 0, where one unit alone decides.
 */
function lopsidedness(values: Float64Array): number {
  const sorted = values.slice().sort();
  const mean = meanOf(sorted);
  const square = (value: number) => (value - mean) ** 2;
  const most = ALONE.share * sorted.reduce((sum, value) => sum + square(value), 0);
  const [smallest, largest] = [sorted[0] as number, sorted[sorted.length - 1] as number];
  if (sorted.length >= ALONE.of && square(largest) > most) return Number.POSITIVE_INFINITY;
  if (sorted.length >= ALONE.of && square(smallest) > most) return 0;
  const tenth = Math.ceil(sorted.length / 10);
  const above = meanOf(sorted.subarray(sorted.length - tenth)) - mean;
  const below = mean - meanOf(sorted.subarray(0, tenth));
  return above / below;
}

/** What the sample cannot show of a tail. */
interface Unseen {
  /** Of squares. */
  squared?: boolean;
  /** Of lopsided values which may look even if they are few. */
  mayLookEven?: boolean;
}

/** The skewness to reckon with above and below the mean of `moves` (one for each unit). */
export interface Skewness {
  above(unseen: Unseen): number;
  below(unseen: Unseen): number;
}

export function skewnessOf(moves: Float64Array, sampling: Sampling): Skewness {
  const ofSums = lopsidedness(moves);
  // Large groups lengthen the short tail of sums; groups of few rows, that of means.
  const ofMeans =
    sampling.unit === "group"
      ? lopsidedness(moves.map((move, unit) => move / (sampling.sizes[unit] as number)))
      : ofSums;
  return {
    above: (unseen) => reckoned(Math.max(ofSums, ofMeans), sampling, unseen),
    below: (unseen) => reckoned(1 / Math.min(ofSums, ofMeans), sampling, unseen),
  };
}

function reckoned(lopsided: number, sampling: Sampling, { squared = false, mayLookEven = false }: Unseen): number {
  const { few, many, averaged } = TAMER[sampling.unit];
  const worth = 1 / Math.sqrt(worthOf(sampling));
  const fewer = (than: number) => Math.max(0, worth - 1 / Math.sqrt(than));
  const seen = interpolated(lopsided + (squared ? averaged + 20 * fewer(many) : 0));
  return mayLookEven ? Math.max(seen, Math.min(5, interpolated(lopsided + 10 * fewer(few)))) : seen;
}

/** How many units a tail is seen by: blocks tell more of it than one value each, and less than their rows. */
function worthOf({ unit, units, sizes }: Sampling): number {
  if (unit !== "time-block") return units;
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  return Math.sqrt((units * rows) / 2.5);
}

function interpolated(lopsided: number): number {
  const after = RECKONED.findIndex(([from]) => lopsided < from);
  if (after === 0) return 0;
  if (after < 0) return RECKONED.at(-1)?.[1] as number;
  const [[from, low], [to, high]] = RECKONED.slice(after - 1, after + 1) as [[number, number], [number, number]];
  return low + ((high - low) * (lopsided - from)) / (to - from);
}

/**
 * How many standard errors a bound lies beyond Student's t on the side of a longer tail: the term of Johnson (1978) for a
 * skewed mean. A sample that lacks the tail has both too small a mean and too small a standard error.
 */
export function beyondStudent(level: number, skewness: number, sampling: Sampling): number {
  const t = studentQuantile(1 - level, sampling.units - 1);
  return (skewness * (2 * t * t + 1)) / (6 * Math.sqrt(worthOf(sampling)));
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
