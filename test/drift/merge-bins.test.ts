import * as fc from "fast-check";
import { expect, it } from "vitest";
import { total } from "../../core/drift/chi-square.ts";
import { mergeCategories, mergeOrdered } from "../../core/drift/merge-bins.ts";

const even = (bins: number, each: number) => Array.from({ length: bins }, () => each);
const cuts = Array.from({ length: 63 }, (_, at) => at + 1);

it("makes ten bins of about equal share of sixty-four", () => {
  const { ends, reference } = mergeOrdered(cuts, { reference: even(64, 100), current: even(64, 10) });
  expect(ends).toHaveLength(9);
  expect(Math.max(...reference) / Math.min(...reference)).toBeLessThan(1.5);
});

it("makes five bins of thirty rows, with five rows or more expected in each", () => {
  const { reference } = mergeOrdered(cuts, { reference: even(64, 100), current: [30, ...even(63, 0)] });
  expect(reference).toHaveLength(5);
  expect(Math.min(...reference) * (30 / 6_400)).toBeGreaterThanOrEqual(5);
});

it("keeps a value that many rows have in a bin of its own", () => {
  const { ends, reference } = mergeOrdered([-1, 0, 1, 2], {
    reference: [300, 6_000, 1_200, 1_200, 1_300],
    current: [30, 600, 120, 120, 130],
  });
  expect(ends).toEqual([-1, 0, 1, 2]);
  expect(reference[1]).toBe(6_000);
});

it("leaves one bin of a constant column of which a few rows differ", () => {
  expect(mergeOrdered([5], { reference: [10_000, 0], current: [28, 2] })).toEqual({
    ends: [],
    reference: [10_000],
    current: [30],
  });
});

it("sees the fifth row of a value that was never seen before", () => {
  expect(mergeOrdered([5], { reference: [10_000, 0], current: [25, 5] })).toEqual({
    ends: [5],
    reference: [10_000, 0],
    current: [25, 5],
  });
});

it("takes rare categories together as `other`", () => {
  const counts = { reference: [600, 390, 6, 4], current: [60, 39, 0, 1] };
  expect(mergeCategories(["a", "b", "c", "d"], counts, { reference: 40, current: 4 })).toEqual({
    ends: ["a", "b"],
    reference: [600, 390, 50],
    current: [60, 39, 5],
  });
});

it("gives `other` the rarest category while it has too few rows itself", () => {
  const counts = { reference: [600, 390, 10], current: [60, 39, 1] };
  expect(mergeCategories(["a", "b", "c"], counts, { reference: 0, current: 0 })).toEqual({
    ends: ["a"],
    reference: [600, 400],
    current: [60, 40],
  });
});

const samples = fc
  .array(fc.tuple(fc.nat(500), fc.nat(50)), { minLength: 1, maxLength: 64 })
  .map((bins) => ({ reference: bins.map(([a]) => a), current: bins.map(([, b]) => b) }));

it("loses no number, and has a last bin without an end", () => {
  fc.assert(
    fc.property(samples, (counts) => {
      const merged = mergeOrdered(cuts.slice(0, counts.reference.length - 1), counts);
      expect([total(merged.reference), total(merged.current)]).toEqual([
        total(counts.reference),
        total(counts.current),
      ]);
      expect(merged.ends).toHaveLength(Math.max(0, merged.reference.length - 1));
    }),
  );
});

it("loses no category", () => {
  fc.assert(
    fc.property(samples, fc.nat(9), fc.nat(9), (counts, reference, current) => {
      const names = counts.reference.map((_, at) => `c${at}`);
      const merged = mergeCategories(names, counts, { reference, current });
      expect(total(merged.reference)).toBe(total(counts.reference) + reference);
      expect(total(merged.current)).toBe(total(counts.current) + current);
    }),
  );
});
