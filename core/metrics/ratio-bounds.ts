import type { Bounds } from "./bounds.ts";
import { studentQuantile } from "./quantiles.ts";
import type { Resampler } from "./resample.ts";
import { beyondStudent, type Skewness, skewnessOf } from "./skewness-guard.ts";
import type { Ratio } from "./statistic.ts";
import { unitCovariance, unitMoves, unitVariance } from "./unit-moves.ts";

/**
 * Fieller's bounds (1954) of a ratio of two means: the ratios q for which the mean of `above − q · below` may be 0. None
 * where the denominator may be 0. The side where the numerator has the longer tail is guarded as a mean of squares is,
 * less as far as the two are large in the same rows.
 */
export function ratioBounds({ above, below }: Ratio, resampler: Resampler): Bounds {
  const { unit, units } = resampler;
  const [top, bottom] = [meanOf(above), meanOf(below)];
  const ratio = top / bottom;
  const tops = unitMoves(
    above.map((each) => each - top),
    resampler,
  );
  const bottoms = unitMoves(
    below.map((each) => each - bottom),
    resampler,
  );
  const topVariance = unitVariance(tops, resampler);
  const bottomVariance = unitVariance(bottoms, resampler);
  const covariance = unitCovariance(tops, bottoms, resampler);
  const rests = tops.map((each, unit) => each - ratio * (bottoms[unit] as number));
  const variance = unitVariance(rests, resampler);
  const skewness = skewnessOf(rests, resampler);
  const correlation = covariance / Math.sqrt(topVariance * bottomVariance) || 0;
  const apart = Math.min(1, Math.max(0, 1 - correlation / TOGETHER));
  const ofSquares = (squares: Skewness, ownVariance: number) =>
    apart * Math.min(1, ownVariance / variance) * squares.above({ squared: true });
  const ofTop = Math.max(skewness.above({}), ofSquares(skewnessOf(tops, resampler), topVariance));
  const ofBottom = Math.max(
    skewness.below({}),
    ofSquares(skewnessOf(bottoms, resampler), ratio * ratio * bottomVariance),
  );
  const error = Math.sqrt(variance / units);
  return (level) => {
    const k = studentQuantile(1 - level, units - 1) ** 2 / units;
    const a = bottom * bottom - k * bottomVariance;
    const solved = (numerator: number, side: 1 | -1): number => {
      const b = numerator * bottom - k * covariance;
      const c = numerator * numerator - k * topVariance;
      return (b + side * Math.sqrt(Math.max(0, b * b - a * c))) / a;
    };
    if (a > 0) {
      const high = solved(top + beyondStudent(level, ofTop, resampler) * error, 1);
      const least = top - beyondStudent(level, ofBottom, resampler) * error;
      return { low: least > 0 ? Math.max(0, solved(least, -1)) : 0, high };
    }
    // The denominator is told from 0 by as many units, if more of them are like these.
    const fewest = (units * k * bottomVariance) / (bottom * bottom);
    const rounded = Math.ceil(Number(fewest.toPrecision(2)));
    return {
      reason: `labels of so few rows leave open whether they vary; from about ${rounded} ${unit}s on they tell`,
    };
  };
}

/** From such a correlation on, numerator and denominator are large together. */
const TOGETHER = 0.3;

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
