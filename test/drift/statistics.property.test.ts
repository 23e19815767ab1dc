import * as fc from "fast-check";
import { expect, it } from "vitest";
import { chiSquare, type TwoSamples } from "../../core/drift/chi-square.ts";
import { jensenShannon } from "../../core/drift/jensen-shannon.ts";
import { psi } from "../../core/drift/psi.ts";
import { twoProportions } from "../../core/drift/two-proportions.ts";

const count = fc.oneof(fc.constant(0), fc.nat(20), fc.nat(1_000_000), fc.maxSafeNat());
const table = fc
  .array(fc.tuple(count, count), { minLength: 1, maxLength: 101 })
  .map((bins): TwoSamples => ({ reference: bins.map(([a]) => a), current: bins.map(([, b]) => b) }));

const statistics = (samples: TwoSamples) => {
  const { statistic, p } = chiSquare(samples);
  return { statistic, p, psi: psi(samples), distance: jensenShannon(samples) };
};

function expectClose(a: ReturnType<typeof statistics>, b: ReturnType<typeof statistics>) {
  for (const key of ["statistic", "p", "psi", "distance"] as const)
    expect(Math.abs(a[key] - b[key])).toBeLessThanOrEqual(1e-9 * Math.max(a[key], b[key]) + 1e-7);
}

it("gives numbers in their ranges, whatever the counts", () => {
  fc.assert(
    fc.property(table, (samples) => {
      const { statistic, p, psi: index, distance } = statistics(samples);
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(distance).toBeGreaterThanOrEqual(0);
      expect(distance).toBeLessThanOrEqual(Math.sqrt(Math.LN2) + 1e-12);
      for (const value of [statistic, index]) expect(Number.isFinite(value) && value >= 0).toBe(true);
    }),
  );
});

it("says the same of the samples changed about", () => {
  fc.assert(
    fc.property(table, ({ reference, current }) =>
      expectClose(statistics({ reference, current }), statistics({ reference: current, current: reference })),
    ),
  );
});

it("says the same of bins in another order", () => {
  fc.assert(
    fc.property(table, ({ reference, current }) => {
      const back = { reference: [...reference].reverse(), current: [...current].reverse() };
      expectClose(statistics({ reference, current }), statistics(back));
    }),
  );
});

it("finds nothing between a sample and itself", () => {
  fc.assert(
    fc.property(table, ({ reference }) => {
      expect(statistics({ reference, current: reference })).toEqual({ statistic: 0, p: 1, psi: 0, distance: 0 });
    }),
  );
});

it("gives a p of two proportions in [0, 1], whichever way they differ", () => {
  fc.assert(
    fc.property(count, count, count, count, (a, restA, b, restB) => {
      const [first, second] = [
        { hits: a, rows: a + restA },
        { hits: b, rows: b + restB },
      ];
      const { z, p } = twoProportions(first, second);
      expect(p).toBeGreaterThanOrEqual(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(twoProportions(second, first).z).toBeCloseTo(-z, 6);
    }),
  );
});
