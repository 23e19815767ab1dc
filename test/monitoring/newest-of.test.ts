import { expect, test } from "vitest";
import { newestOf } from "../../core/monitoring/read-records.ts";

const places = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ from: new Date(n * 3_600_000).toISOString() }));

test.each([
  [0, 0, 0],
  [5, 5, 0],
  [10, 10, 0],
  [11, 6, 5],
  [15, 10, 5],
  [16, 6, 10],
])("of %i windows the newest %i count where ten may", (count, kept, first) => {
  const found = newestOf(places(count), 10);
  expect(found).toHaveLength(kept);
  expect(found).toEqual(places(count).slice(first));
});

test("the first window that counts moves once in half as many", () => {
  const firsts = new Set(Array.from({ length: 100 }, (_, n) => newestOf(places(n + 1), 10)[0]?.from));
  expect(firsts.size).toBe(19);
});

test("records of several versions in a window count as one window", () => {
  const both = places(10).flatMap((place) => [place, place]);
  expect(newestOf(both, 10)).toHaveLength(20);
});
