import { expect, it } from "vitest";
import { blockLength, samplingOf } from "../../core/metrics/sampling.ts";

it("adds up values by group, whatever the order of their rows", () => {
  const { units, sizes, sums } = samplingOf({ ids: ["1", "2", "3", "4"], groups: ["a", "b", "a", "a"] });
  expect([units, [...sizes], [...sums(Float64Array.of(1, 2, 3, 4))]]).toEqual([2, [3, 1], [8, 2]]);
});

it("adds up values by blocks of rows that follow each other in time", () => {
  const times = Float64Array.from({ length: 10 }, (_none, i) => -i);
  const { unit, units, sizes, sums } = samplingOf({ ids: Array.from(times, String), times });
  expect([unit, blockLength(10), units, [...sizes]]).toEqual(["time-block", 5, 2, [5, 5]]);
  expect([...sums(Float64Array.from({ length: 10 }, (_none, i) => i))]).toEqual([35, 10]);
});
