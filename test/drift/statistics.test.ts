import { expect, it } from "vitest";
import { chiSquare } from "../../core/drift/chi-square.ts";
import { jensenShannon } from "../../core/drift/jensen-shannon.ts";
import { psi } from "../../core/drift/psi.ts";
import { twoProportions } from "../../core/drift/two-proportions.ts";

const samples = { reference: [200, 300, 450, 50], current: [30, 50, 20, 0] };

it("gives SciPy's chi-square of a 2×k table, without correction", () => {
  const { statistic, degrees, p } = chiSquare(samples);
  expect(statistic).toBeCloseTo(34.07426986, 8);
  expect(degrees).toBe(3);
  expect(p).toBeCloseTo(1.910937e-7, 13);
});

it("gives the pooled Z of two proportions", () => {
  const { z, p } = twoProportions({ hits: 148, rows: 400 }, { hits: 150, rows: 500 });
  expect(z).toBeCloseTo(-2.21731765, 8);
  expect(p).toBeCloseTo(0.02660139, 8);
});

it("adds half a row to each bin of a PSI", () => {
  expect(psi(samples)).toBeCloseTo(0.44379068, 8);
});

it("gives SciPy's Jensen-Shannon distance", () => {
  expect(jensenShannon(samples)).toBeCloseTo(0.24426501, 8);
});

it("leaves out a bin that is empty in both samples", () => {
  const padded = { reference: [...samples.reference, 0], current: [...samples.current, 0] };
  expect({ ...chiSquare(padded), psi: psi(padded) }).toEqual({ ...chiSquare(samples), psi: psi(samples) });
});

it.each([
  [[], []],
  [[5], [7]],
  [
    [0, 0],
    [1, 2],
  ],
])("says of %j and %j that nothing differs", (reference, current) => {
  expect(chiSquare({ reference, current }).p).toBe(1);
});

it("says of shares of 0 or of 1 on both sides that they do not differ", () => {
  expect(twoProportions({ hits: 0, rows: 10 }, { hits: 0, rows: 5 })).toEqual({ z: 0, p: 1 });
  expect(twoProportions({ hits: 10, rows: 10 }, { hits: 5, rows: 5 })).toEqual({ z: 0, p: 1 });
});
