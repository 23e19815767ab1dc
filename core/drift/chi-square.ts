import { chiSquareTail } from "./tails.ts";

/** Counts of two samples in the same bins, in the same order. */
export interface TwoSamples {
  reference: readonly number[];
  current: readonly number[];
}

/**
 * Pearson's chi-square of the 2×k table, and how often chance alone brings as much: SciPy's
 * `chi2_contingency(table, correction=False)`. A bin that is empty in both samples says nothing; with one bin left, or a sample
 * without rows, nothing differs (p 1).
 */
export function chiSquare({ reference, current }: TwoSamples): { statistic: number; degrees: number; p: number } {
  const [n, m] = [total(reference), total(current)];
  let statistic = 0;
  let degrees = -1;
  reference.forEach((a, bin) => {
    const b = current[bin] ?? 0;
    if (a + b === 0) return;
    degrees += 1;
    // Shares first: counts of billions are then no larger than doubles hold.
    const apart = a / n - b / m;
    statistic += (apart * apart) / ((a + b) / n / m);
  });
  if (n === 0 || m === 0 || degrees < 1) return { statistic: 0, degrees: Math.max(degrees, 0), p: 1 };
  return { statistic, degrees, p: chiSquareTail(statistic, degrees) };
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
