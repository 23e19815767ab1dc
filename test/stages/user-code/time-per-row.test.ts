import { expect, it } from "vitest";
import { measurePredict } from "../../../core/stages/user-code/time-per-row.ts";
import { TimePerRow } from "../../../schemas/stage-record.ts";

/** Measures 101 rows by a program that starts and predicts in these seconds, round by round; the last ones hold on. */
async function measure(all: number[], one: number[], first = 1) {
  const runs = { all: 0, one: 0 };
  const result = await measurePredict(101, first, async (which) => {
    const seconds = which === "all" ? all : one;
    return seconds[Math.min(runs[which]++, seconds.length - 1)] as number;
  });
  return { ...TimePerRow.parse(result), runs };
}

it("takes the median of six pairs, and does not count the program's start", async () => {
  expect(await measure([0.7], [0.2])).toEqual({
    ...{ value: expect.closeTo(5), low: expect.closeTo(5), high: expect.closeTo(5), pairs: 6 },
    runs: { all: 6, one: 6 },
  });
});

it("leaves the first run out, whose caches are cold", async () => {
  expect(await measure([0.7], [0.2], 4.9)).toMatchObject({ value: expect.closeTo(5), high: expect.closeTo(5) });
});

it("gives a noisy program the bounds that any two runs of it differ by", async () => {
  const { value, low, high } = await measure([0.9, 0.6, 0.7, 1.2, 0.7, 0.8], [0.2, 0.3, 0.1, 0.4, 0.2, 0.2]);
  expect([low, high]).toEqual([expect.closeTo(2), expect.closeTo(11)]);
  expect(value).toBeCloseTo(6);
});

it.each([
  ["instant", [0.2], [0.2]],
  ["faster than its start varies", [0.25, 0.31], [0.2, 0.26]],
  ["slower on one row", [0.2], [0.3]],
])("knows only an upper bound of a program that is %s", async (_, all, one) => {
  const { value, low, high } = await measure(all, one);
  expect({ value, low }).toEqual({ value: null, low: 0 });
  expect(high).toBeGreaterThanOrEqual((Math.max(...all) - Math.min(...one)) * 10);
});

it("counts the start in the upper bound where nothing but noise was measured", async () => {
  expect((await measure([0.2], [0.3])).high).toBeCloseTo(2);
});

it("measures for ten seconds at most, fewer pairs of a slow program, with its start in the upper bound", async () => {
  expect(await measure([3], [1], 3)).toMatchObject({ value: expect.closeTo(20), high: expect.closeTo(30), pairs: 2 });
});

it("does not run a program again on all rows that takes minutes", async () => {
  const { value, pairs, runs } = await measure([], [1], 301);
  expect({ value, pairs, runs }).toEqual({ value: expect.closeTo(3_000), pairs: 1, runs: { all: 0, one: 1 } });
});

it("has nothing to divide by where there is one row alone", async () => {
  expect(await measurePredict(1, 1, () => Promise.reject(new Error("run again")))).toBe("one row");
});
