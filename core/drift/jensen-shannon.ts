import { type TwoSamples, total } from "./chi-square.ts";

/**
 * The Jensen-Shannon distance of two samples' shares, natural logarithm: SciPy's `distance.jensenshannon`. Between 0 and √ln 2.
 * Shown beside a test, and no part of its decision. 0 where a sample has no rows.
 */
export function jensenShannon({ reference, current }: TwoSamples): number {
  const [n, m] = [total(reference), total(current)];
  if (n === 0 || m === 0) return 0;
  const divergence = reference.reduce((sum, a, bin) => {
    const [p, q] = [a / n, (current[bin] ?? 0) / m];
    return sum + towards(p, (p + q) / 2) + towards(q, (p + q) / 2);
  }, 0);
  return Math.sqrt(Math.max(0, divergence / 2));
}

/** One bin's part of the relative entropy. */
function towards(p: number, middle: number): number {
  return p === 0 ? 0 : p * Math.log(p / middle);
}
