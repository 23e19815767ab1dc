import type { Bounds } from "./bounds.ts";
import { studentQuantile } from "./quantiles.ts";
import type { Sampling } from "./sampling.ts";
import { beyondStudent, skewnessOf } from "./skewness-guard.ts";
import type { Statistic } from "./statistic.ts";
import { unitMoves, unitVariance } from "./unit-moves.ts";

/**
 * Student's t around a mean, with the jackknife's standard error over units; on a side with a longer tail farther out
 * (skewness-guard.ts). `influence`: each row's, n.
 */
export function meanBounds(statistic: Statistic, value: number, influence: Float64Array, sampling: Sampling): Bounds {
  const moves = unitMoves(influence, sampling);
  const error = Math.sqrt(unitVariance(moves, sampling) / sampling.units);
  const skewness = skewnessOf(moves, sampling);
  const mayLookEven = statistic.paired !== true;
  const above = skewness.above({ squared: statistic.squared === true, mayLookEven });
  // What is never negative has no tail below.
  const below = skewness.below({ mayLookEven: mayLookEven && statistic.range[0] !== 0 });
  return (level) => {
    const t = studentQuantile(1 - level, sampling.units - 1);
    return {
      low: value - (t + beyondStudent(level, below, sampling)) * error,
      high: value + (t + beyondStudent(level, above, sampling)) * error,
    };
  };
}
