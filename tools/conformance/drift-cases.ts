import type { TwoSamples } from "../../core/drift/chi-square.ts";
import type { Share } from "../../core/drift/two-proportions.ts";
import { randomNumbers } from "../coverage/random-numbers.ts";

/** A question to both: two samples' counts, two shares, a tail, or the cuts of values. */
export type DriftCase =
  | TwoSamples
  | { first: Share; second: Share }
  | { statistic: number; degrees: number }
  | { z: number }
  | { values: number[] };

const TABLES = 2_000;
const OTHERS = 500;
const COLUMNS = 60;

/** Cases from a seed: small and huge counts, empty bins, equal samples; tails down to the smallest numbers; ties and wide ranges. */
export function driftCases(seed: number): DriftCase[] {
  const random = randomNumbers(seed);
  const upTo = (most: number) => Math.floor(random.uniform() * (most + 1));
  const table = (at: number): TwoSamples => {
    const bins = at % 7 === 0 ? 101 : 1 + upTo(19);
    const [n, m] = [10 ** (1 + upTo(7)), 10 ** (1 + upTo(4))];
    const shares = random.many(bins, () => (random.chance(0.1) ? 0 : random.gamma(0.7)));
    const moved = shares.map((share) => (at % 3 === 0 ? share : share * Math.exp(0.7 * random.normal())));
    const counts = (each: readonly number[], rows: number) => {
      const whole = each.reduce((sum, share) => sum + share, 0) || 1;
      return each.map((share) => Math.round((rows * share) / whole));
    };
    const reference = counts(shares, n);
    return { reference, current: at % 11 === 0 ? reference.map((count) => 3 * count) : counts(moved, m) };
  };
  const share = (): Share => {
    const rows = 1 + upTo(10 ** (1 + upTo(6)));
    return { hits: random.chance(0.2) ? 0 : upTo(rows), rows };
  };
  const values = (at: number): number[] => {
    const rows = 1 + upTo(at % 4 === 0 ? 60 : 1_000);
    const scale = 10 ** (upTo(40) - 20);
    return random.many(rows, () => (at % 3 === 0 ? upTo(12) : scale * random.normal() ** 3));
  };
  return [
    ...random.many(TABLES, table),
    ...random.many(OTHERS, () => ({ first: share(), second: share() })),
    ...random.many(OTHERS, () => ({ statistic: 1_500 * random.uniform() ** 4, degrees: 1 + upTo(99) })),
    ...random.many(OTHERS, () => ({ z: 45 * random.uniform() - 7 })),
    ...random.many(COLUMNS, (at) => ({ values: values(at) })),
  ];
}
