import { blockLength, type Sampling } from "./sampling.ts";

/** What deleting each unit (row, group or block) moves: the jackknife's pseudo-values, less their mean. */
export function unitMoves(influence: Float64Array, { sums, sizes, units }: Sampling): Float64Array {
  const n = influence.length;
  return sums(influence).map((sum, unit) => ((units - 1) * sum) / (n - (sizes[unit] as number)));
}

/** The variance of one unit, such that ÷ units it is that of the mean. */
export function unitVariance(moves: Float64Array, sampling: Sampling): number {
  return unitCovariance(moves, moves, sampling);
}

export function unitCovariance(a: Float64Array, b: Float64Array, { unit, sizes }: Sampling): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  const n = sizes.reduce((all, size) => all + size, 0);
  return (sum / (a.length - 1)) * (unit === "time-block" ? acrossBlocks(blockLength(n)) : 1);
}

/** Blocks miss what rows at their borders have in common: as much as this, if rows follow the one before by a half. */
function acrossBlocks(length: number): number {
  return 1 / (1 - 4 / (3 * length));
}

/** The variance of the mean of `values` (n), which are centred on it, by the sums of its units. */
export function meanVariance(values: Float64Array, { sums }: Sampling): number {
  return sums(values).reduce((all, sum) => all + sum * sum, 0) / values.length ** 2;
}
