import type { Bounds, Drawn } from "./bounds.ts";
import { normalProbability, sampleQuantile, studentQuantile } from "./quantiles.ts";

/**
 * The bootstrap-t (Efron and Tibshirani, 1993, chapter 12), each draw's variance steadied by one unit of the sample's own;
 * never narrower than Student's t, which holds better where a few rows carry most of the error.
 */
export function studentizedBounds(value: number, error: number, drawn: Drawn, units: number): Bounds {
  const ts = drawn.values.map((drawnValue, b) => {
    const own = drawn.errors[b] as number;
    return (drawnValue - value) / Math.sqrt((units * own * own + error * error) / (units + 1));
  });
  const sorted = ts.filter(Number.isFinite).sort();
  return (level) => {
    const t = studentQuantile(1 - level, units - 1) * Math.sqrt(units / (units - 1));
    const above = Math.max(t, sampleQuantile(sorted, 1 - level));
    const below = Math.min(-t, sampleQuantile(sorted, level));
    return { low: value - above * error, high: value - below * error };
  };
}

/** Percentiles, moved outwards as far as few units need it (Hesterberg, 2015: the expanded percentile interval). */
export function percentileBounds(values: Float64Array, units: number): Bounds {
  const sorted = values.sort();
  return (level) => {
    const t = studentQuantile(1 - level, units - 1);
    const tail = normalProbability(-t * Math.sqrt(units / (units - 1)));
    return { low: sampleQuantile(sorted, tail), high: sampleQuantile(sorted, 1 - tail) };
  };
}
