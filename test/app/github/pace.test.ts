import { expect, test } from "vitest";
import { Pace } from "../../../app/github/pace.ts";

test("a report's writes go at once, a flood is spread to the pace", () => {
  const pace = new Pace(60, () => 1_000_000);
  const waits = Array.from({ length: 20 }, () => pace.next());
  expect(waits.slice(0, 15)).toEqual(Array(15).fill(0));
  expect(waits.slice(15)).toEqual([1000, 2000, 3000, 4000, 5000]);
});

test("no minute holds more than GitHub's 80 writes", () => {
  let now = 1_000_000;
  const pace = new Pace(60, () => now);
  let sent = 0;
  while (now + pace.next() < 1_060_000) sent += 1;
  expect(sent).toBeLessThanOrEqual(80);
  now += 3_600_000;
  expect(pace.next()).toBe(0);
});

test("without a limit nothing waits", () => {
  const pace = new Pace(0);
  expect(Array.from({ length: 100 }, () => pace.next()).every((wait) => wait === 0)).toBe(true);
});
