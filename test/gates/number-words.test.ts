import fc from "fast-check";
import { expect, it } from "vitest";
import { formatAgainst, formatInterval, formatNumber, formatPercent, reaches } from "../../core/gates/number-words.ts";

it.each([
  [0, "0"],
  [-0, "0"],
  [0.9, "0.9"],
  [0.866666, "0.8667"],
  [-0.0123456, "-0.01235"],
  [12.3456, "12.35"],
  [1234567.8, "1234568"],
  [0.00000012345, "1.235e-7"],
  [1e300, "1e+300"],
])("writes %d as %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it("never lets a value that misses its threshold read as the threshold", () => {
  expect(formatAgainst(0.89996, 0.9)).toBe("0.89996");
});

it("tells a value from the thresholds that it differs from, whatever they are", () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(number, fc.double({ min: -1, max: 1, noNaN: true }), (threshold, step) => {
      const value = threshold + step / 1e6;
      const apart = Math.abs(value - threshold) > 1e-12 * Math.max(Math.abs(value), Math.abs(threshold));
      const shown = Number(formatAgainst(value, threshold));
      expect(Math.sign(shown - threshold) === Math.sign(value - threshold) || !apart).toBe(true);
    }),
  );
});

it("tells both bounds of an interval from the threshold", () => {
  expect(formatInterval({ low: 0.899999, high: 0.95 }, 0.9)).toBe("[0.899999, 0.95]");
});

it("never rounds a confidence to certainty", () => {
  expect(formatPercent(0.99999)).toBe("99.999 %");
});

it("lets a difference that is exactly at its threshold reach it, binary rounding aside", () => {
  expect(0.9 - 0.905 >= -0.005).toBe(false);
  expect(reaches(0.9 - 0.905, -0.005, 0.9, 0.905)).toBe(true);
});

it("does not let a value reach a threshold that it visibly misses", () => {
  expect(reaches(0.8999999, 0.9)).toBe(false);
});
