import type { Bounds } from "./bounds.ts";
import type { Resampler } from "./resample.ts";
import { errorsAway, type Skewness, skewnessOf } from "./skewness-guard.ts";
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
  const correlation = covariance / Math.sqrt(topVariance * bottomVariance);
  const apart = Math.min(1, Math.max(0, 1 - correlation / TOGETHER));
  const ofSquares = (squares: Skewness, ownVariance: number) =>
    apart * Math.min(1, ownVariance / variance) * squares.above({ squared: true });
  const ofTop = Math.max(skewness.above({}), ofSquares(skewnessOf(tops, resampler), topVariance));
  const ofBottom = Math.max(
    skewness.below({}),
    ofSquares(skewnessOf(bottoms, resampler), ratio * ratio * bottomVariance),
  );
  const share = (level: number, skew: number) => errorsAway(level, skew, resampler) ** 2 / units;
  /** The larger (side 1) or smaller (side −1) q of the two. */
  const solved = (k: number, side: 1 | -1): number | undefined => {
    const a = bottom * bottom - k * bottomVariance;
    const b = top * bottom - k * covariance;
    const c = top * top - k * topVariance;
    return a > 0 ? (b + side * Math.sqrt(Math.max(0, b * b - a * c))) / a : undefined;
  };
  return (level) => {
    const high = solved(share(level, ofTop), 1);
    const low = solved(share(level, ofBottom), -1) ?? 0;
    if (high !== undefined) return { low: Math.max(0, low), high };
    // The denominator is told from 0 by as many units, if more of them are like these.
    const fewest = (units * share(level, ofTop) * bottomVariance) / (bottom * bottom);
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
