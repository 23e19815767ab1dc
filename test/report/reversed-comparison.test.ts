import { expect, it } from "vitest";
import { reversedPairs } from "../../core/report/reversed-comparison.ts";
import type { Comparison } from "../../schemas/evaluation.ts";

const PAIRS: Comparison["metrics"] = {
  recall: {
    ...{ candidate: 0.9, baseline: 0.8, greater_is_better: true },
    difference: { value: 0.1, intervals: [{ level: 0.025, low: 0.05, high: 0.2 }], step: 0.05 },
    classes: [{ class: "a", candidate: 1, baseline: 1, difference: { value: 0 } }],
  },
  f1: {
    ...{ candidate: null, baseline: 0.8, greater_is_better: true },
    difference: { value: null, reason: "no positive row" },
  },
};

it("turns the sides, the sign and the interval's ends", () => {
  expect(reversedPairs(PAIRS)["recall"]).toMatchObject({
    ...{ candidate: 0.8, baseline: 0.9 },
    difference: { value: -0.1, intervals: [{ level: 0.025, low: -0.2, high: -0.05 }], step: 0.05 },
  });
});

it("has no zero with a sign", () => {
  expect(Object.is(reversedPairs(PAIRS)["recall"]?.classes?.[0]?.difference.value, 0)).toBe(true);
});

it("leaves what is undefined", () => {
  expect(reversedPairs(PAIRS)["f1"]?.difference).toEqual({ value: null, reason: "no positive row" });
});

it("turned twice is the same", () => {
  expect(reversedPairs(reversedPairs(PAIRS))).toEqual(PAIRS);
});
