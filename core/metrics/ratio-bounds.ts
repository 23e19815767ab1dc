import type { Bounds } from "./bounds.ts";
import { studentQuantile } from "./quantiles.ts";
import type { Sampling } from "./sampling.ts";
import { beyondStudent, skewnessOf } from "./skewness-guard.ts";
import type { Ratio } from "./statistic.ts";
import { unitCovariance, unitMoves, unitVariance } from "./unit-moves.ts";

/**
 * Fieller's bounds (1954) of a ratio of two means: the ratios q for which the mean of `above − q · below` may be 0. None
 * where the denominator may be 0. Of 1 − a ratio of squares, as r2 is, each side is guarded as a mean of squares is, less as
 * far as the two squares are large in the same rows; not of a difference on the same rows, `paired`.
 */
export function ratioBounds({ above, below }: Ratio, paired: boolean, sampling: Sampling): Bounds {
  const { unit, units } = sampling;
  const [top, bottom] = [meanOf(above), meanOf(below)];
  const ratio = top / bottom;
  const [aboves, belows] = [above.map((each) => each - top), below.map((each) => each - bottom)];
  const tops = unitMoves(aboves, sampling);
  const bottoms = unitMoves(belows, sampling);
  const [topVariance, bottomVariance] = [unitVariance(tops, sampling), unitVariance(bottoms, sampling)];
  const covariance = unitCovariance(tops, bottoms, sampling);
  const rests = tops.map((each, at) => each - ratio * (bottoms[at] as number));
  const variance = unitVariance(rests, sampling);
  const error = Math.sqrt(variance / units);

  const unexplained = belows.map((each, row) => each - (aboves[row] as number));
  const correlation =
    product(unexplained, belows) / Math.sqrt(product(unexplained, unexplained) * product(belows, belows)) || 0;
  const apart = paired ? 0 : Math.min(1, Math.max(0, 1 - correlation / TOGETHER));
  const ofSquares = (squares: Float64Array) =>
    apart * Math.min(1, unitVariance(squares, sampling) / variance || 0) * skewnessOf(squares, sampling).above(SQUARES);
  const skewness = skewnessOf(rests, sampling);
  const low = Math.max(skewness.below({}), ofSquares(unitMoves(unexplained, sampling)));
  const high = Math.max(skewness.above({}), ofSquares(bottoms.map((each) => (1 - ratio) * each)));

  return (level) => {
    const k = studentQuantile(1 - level, units - 1) ** 2 / units;
    const a = bottom * bottom - k * bottomVariance;
    const solved = (numerator: number, side: 1 | -1): number => {
      const b = numerator * bottom - k * covariance;
      const c = numerator * numerator - k * topVariance;
      return (b + side * Math.sqrt(Math.max(0, b * b - a * c))) / a;
    };
    if (a > 0)
      return {
        low: solved(top - beyondStudent(level, low, sampling) * error, -1),
        high: solved(top + beyondStudent(level, high, sampling) * error, 1),
      };
    // The denominator is told from 0 by as many units, if more of them are like these.
    const fewest = (units * k * bottomVariance) / (bottom * bottom);
    const rounded = Math.ceil(Number(fewest.toPrecision(2)));
    return {
      reason: `labels of so few rows leave open whether they vary; from about ${rounded} ${unit}s on they tell`,
    };
  };
}

const SQUARES = { squared: true };

/** From such a correlation of rows on, numerator and denominator are large together. */
const TOGETHER = 0.3;

function product(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, each, row) => sum + each * (b[row] as number), 0);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
