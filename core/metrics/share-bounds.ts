import type { Around, Bounds } from "./bounds.ts";
import { studentQuantile } from "./quantiles.ts";
import type { Statistic } from "./statistic.ts";

/**
 * Wilson's score interval with an effective number of rows (Korn and Graubard, 1998, from the bootstrap's variance):
 * p(1 − p) ÷ variance, where one more row than was seen is added to both, so that a value at its bound (all right, AUC 1)
 * keeps the width that its number of rows deserves. Student's t with units − 1 degrees stands for the normal.
 */
export function scoreBounds(statistic: Statistic, value: number, values: Float64Array, { n, units }: Around): Bounds {
  const [smallest, largest] = statistic.range;
  const width = largest - smallest;
  const p = (value - smallest) / width;
  const rows = Math.max(1, (statistic.rows * units) / n);
  const variance = (varianceOf(values) * units) / (units - 1) / (width * width);
  const effective = (p * (1 - p) + 1 / rows) / (variance + 1 / (rows * rows));
  return (level) => {
    const t = studentQuantile(1 - level, units - 1);
    const share = (t * t) / effective;
    const centre = (p + share / 2) / (1 + share);
    const half = (t * Math.sqrt((p * (1 - p)) / effective + share / (4 * effective))) / (1 + share);
    return { low: smallest + width * (centre - half), high: smallest + width * (centre + half) };
  };
}

/** Student's t around the difference, its variance as if the two disagreed on one more row than was seen. */
export function differenceBounds(
  statistic: Statistic,
  value: number,
  values: Float64Array,
  { n, units }: Around,
): Bounds {
  const rows = Math.max(1, (statistic.rows * units) / n);
  const step = statistic.range[1] / rows;
  const error = Math.sqrt((varianceOf(values) * units) / (units - 1) + step * step);
  return (level) => {
    const half = studentQuantile(1 - level, units - 1) * error;
    return { low: value - half, high: value + half };
  };
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
