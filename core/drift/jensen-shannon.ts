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
    // Of nearly equal shares the logarithm of a quotient would lose most digits.
    return p + q === 0 ? sum : sum + part(p, (p - q) / (p + q)) + part(q, (q - p) / (p + q));
  }, 0);
  return Math.sqrt(Math.max(0, divergence / 2));
}

/** A share times the logarithm of how much larger it is than the middle of both: once and `more` as large. */
function part(share: number, more: number): number {
  return share === 0 ? 0 : share * Math.log1p(more);
}
