import { expect, it } from "vitest";
import { milliseconds } from "../core/duration.ts";

it.each([
  ["250ms", 250],
  ["90s", 90_000],
  ["10m", 600_000],
  ["1h", 3_600_000],
  ["28d", 2_419_200_000],
  ["2w", 1_209_600_000],
])("takes %s for %d milliseconds", (duration, expected) => {
  expect(milliseconds(duration)).toBe(expected);
});

it.each(["", "10", "m", "1.5h", "10 m", "10y"])("refuses %j", (duration) => {
  expect(() => milliseconds(duration)).toThrow(/not a duration/);
});
