import fc from "fast-check";
import { expect, it } from "vitest";
import { figuresOf, NO_FIGURES, sumFigures } from "../../core/rollout/figures.ts";
import { latencyBound, latencyQuantile } from "../../core/rollout/latency.ts";
import { RolloutFigures } from "../../schemas/rollout.ts";

const ms = fc.double({ min: 0.000_001, max: 900_000, noNaN: true });
const figures = fc
  .array(fc.record({ ms, failed: fc.boolean(), compared: fc.nat(9), disagreed: fc.nat(9) }))
  .map((requests) => sumFigures(requests.map(figuresOf)));

it("has bounds that the schema takes", () => {
  fc.assert(fc.property(figures, (each) => RolloutFigures.safeParse(each).success));
});

it("counts a request under the smallest bound that it did not exceed", () => {
  fc.assert(
    fc.property(ms, (each) => {
      const bound = Number(latencyBound(each));
      return bound >= each && (each <= 0.1 || bound <= each * 1.13);
    }),
  );
  expect([0, 0.1, 0.101, 300, 1_000_000, 5_000_000].map(latencyBound)).toEqual([
    "0.1",
    "0.1",
    "0.112",
    "316",
    "1000000",
    "1000000",
  ]);
});

it("adds up to the same in any order and grouping", () => {
  fc.assert(
    fc.property(fc.array(figures), fc.nat(), (all, cut) => {
      const [head, tail] = [all.slice(0, cut % (all.length + 1)), all.slice(cut % (all.length + 1))];
      expect(sumFigures([sumFigures(tail), sumFigures(head), NO_FIGURES])).toEqual(sumFigures(all));
    }),
  );
});

it("overstates a quantile by 13 % at most, and never understates it", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.2, max: 900_000, noNaN: true }), { minLength: 1 }), (times) => {
      const sorted = [...times].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(0.99 * sorted.length) - 1] as number;
      const found = latencyQuantile(sumFigures(times.map((each) => figuresOf({ ms: each, failed: false }))), 0.99);
      return found !== undefined && found >= exact && found <= exact * 1.13;
    }),
  );
  expect(latencyQuantile(NO_FIGURES, 0.99)).toBeUndefined();
});
