import { type TwoSamples, total } from "./chi-square.ts";

/**
 * The population stability index Σ(p−q)·ln(p/q), with half a row added to each bin so that an empty one is not infinitely far.
 * Bins that are empty in both samples are left out. Without drift its mean is about (bins−1)·(1/n+1/m): it is an effect, and no
 * test. 0 where a sample has no rows.
 */
export function psi({ reference, current }: TwoSamples): number {
  const bins = reference.flatMap((a, bin) => {
    const b = current[bin] ?? 0;
    return a + b === 0 ? [] : [{ a: a + 0.5, b: b + 0.5 }];
  });
  if (total(reference) === 0 || total(current) === 0) return 0;
  const n = total(bins.map(({ a }) => a));
  const m = total(bins.map(({ b }) => b));
  return Math.max(0, total(bins.map(({ a, b }) => (a / n - b / m) * Math.log(a / n / (b / m)))));
}
