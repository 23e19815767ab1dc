import { expect, it } from "vitest";
import { chiSquareTail, normalTail } from "../../core/drift/tails.ts";

// SciPy 1.17.1: chi2.sf and norm.sf.
it.each([
  [34.07426985595349, 3, 1.9109366381225928e-7],
  [0.001, 1, 0.9747728793699604],
  [4.5, 1, 0.033894853524689295],
  [1_400, 1, 2.1010145162644003e-306],
  [50, 100, 0.9999930466947524],
  [100, 9, 1.5735176303753876e-17],
])("gives the upper tail of chi-square at %d with %d degrees", (statistic, degrees, tail) => {
  expect(chiSquareTail(statistic, degrees) / tail).toBeCloseTo(1, 11);
});

it.each([
  [8, 6.22096057427174e-16],
  [-1, 0.8413447460685429],
  [37, 5.7255712225239266e-300],
])("gives the upper tail of a normal variable at %d", (z, tail) => {
  expect(normalTail(z) / tail).toBeCloseTo(1, 11);
});

it("falls as the statistic rises, across the border between series and fraction", () => {
  const tails = Array.from({ length: 2_000 }, (_, at) => chiSquareTail(4 + at / 1_000, 1));
  expect(tails.every((tail, at) => at === 0 || tail < (tails[at - 1] ?? 0))).toBe(true);
});

it("is 0 where a double holds no smaller number", () => {
  expect(chiSquareTail(1e9, 5)).toBe(0);
});

it("refuses degrees of freedom that it was not made for", () => {
  expect(() => chiSquareTail(1, 2.5)).toThrow(RangeError);
});
