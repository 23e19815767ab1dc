import type { Bounds } from "./bounds.ts";
import { betaQuantile, studentQuantile } from "./quantiles.ts";
import type { Sampling } from "./sampling.ts";
import { unitMoves, unitVariance } from "./unit-moves.ts";

interface Ordered {
  sorted: Float64Array;
  median: number;
  /** Of each unit: by how much more than half of its values lie at or below the median. */
  moves: Float64Array;
  /** As many independent rows would tell as much of the median. */
  rows: number;
}

/**
 * Bounds of the median of `values` (n): the order statistics that a binomial with p = 1/2 allows, exact for single rows.
 * Groups and blocks count as the number of rows that their variance is worth (Korn and Graubard, 1998).
 */
export function medianBounds(values: Float64Array, sampling: Sampling): Bounds {
  return boundsOf(ordered(values, sampling), sampling);
}

/**
 * Bounds of the difference of two medians on the same rows, from the bounds of each and how far the two move together (the
 * MOVER of Zou and Donner, 2008).
 */
export function medianDifferenceBounds(ours: Float64Array, theirs: Float64Array, sampling: Sampling): Bounds {
  const [a, b] = [ordered(ours, sampling), ordered(theirs, sampling)];
  const [ofA, ofB] = [boundsOf(a, sampling), boundsOf(b, sampling)];
  let together = 0;
  a.moves.forEach((move, unit) => {
    together += move * (b.moves[unit] as number);
  });
  const sizes = [a, b].map(({ moves }) => Math.sqrt(moves.reduce((sum, move) => sum + move * move, 0)));
  const correlation = together / ((sizes[0] as number) * (sizes[1] as number)) || 0;
  const difference = a.median - b.median;
  return (level) => {
    const [one, other] = [ofA(level), ofB(level)];
    if (one.reason !== undefined) return one;
    if (other.reason !== undefined) return other;
    const far = (x: number, y: number) => Math.sqrt(Math.max(0, x * x - 2 * correlation * x * y + y * y));
    const { low: aLow = a.median, high: aHigh = a.median } = one;
    const { low: bLow = b.median, high: bHigh = b.median } = other;
    return {
      low: difference - far(a.median - aLow, bHigh - b.median),
      high: difference + far(aHigh - a.median, b.median - bLow),
    };
  };
}

function ordered(values: Float64Array, sampling: Sampling): Ordered {
  const n = values.length;
  const sorted = values.slice().sort();
  const median = ((sorted[(n - 1) >> 1] as number) + (sorted[n >> 1] as number)) / 2;
  const isBelow = values.map((value) => Number(value < median) + Number(value === median) / 2);
  const share = isBelow.reduce((sum, each) => sum + each, 0) / n;
  const moves = unitMoves(
    isBelow.map((each) => each - share),
    sampling,
  );
  const variance = unitVariance(moves, sampling) / sampling.units;
  return { sorted, median, moves, rows: sampling.unit === "row" ? n : Math.min(n, 0.25 / variance) };
}

function boundsOf({ sorted, rows }: Ordered, { unit, units }: Sampling): Bounds {
  const n = sorted.length;
  return (level) => {
    const fewer = unit === "row" ? 1 : (studentQuantile(1 - level, n - 1) / studentQuantile(1 - level, units - 1)) ** 2;
    const worth = rows * fewer;
    // The `place`-th smallest value (from 1) is a bound if the median lies below it with at most `level`.
    const holds = (place: number) => {
      const k = (place * worth) / n;
      return k >= 1 && k <= worth && betaQuantile(1 - level, k, worth - k + 1) <= 0.5;
    };
    const first = Math.ceil(n / worth - 1e-9);
    if (!holds(first)) return { reason: tooFew(level, unit, worth / units) };
    let [place, beyond] = [first, Math.ceil(n / 2) + 1];
    while (beyond - place > 1) {
      const middle = (place + beyond) >> 1;
      if (holds(middle)) place = middle;
      else beyond = middle;
    }
    return { low: sorted[place - 1] as number, high: sorted[n - place] as number };
  };
}

function tooFew(level: number, unit: Sampling["unit"], each: number): string {
  const fewest = Math.ceil(Math.log2(1 / level) / (unit === "row" ? 1 : each));
  return `the median of so few rows has no bound; there is one from ${unit === "row" ? "" : "about "}${fewest} ${unit}s on`;
}
