import path from "node:path";
import { expect, it } from "vitest";
import { earlierDays, fourWeeks } from "../../../tools/replay/earlier-days.ts";

const JULY = path.join(import.meta.dirname, "../../../examples/rain/later/2014-07.csv");

it("gives a day as a client sends it: numbers, its name, its evening, and not what came of it", () => {
  expect(earlierDays([JULY], "2014-07-01", "2014-07-02")).toEqual([
    {
      at: Date.parse("2014-07-01T20:00:00Z"),
      rows: [{ day: "2014-07-01", precipitation: 0, temp_max: 34.4, temp_min: 15.6, wind: 3.5 }],
    },
  ]);
});

it("takes the days from the first on, and before the last", () => {
  expect(earlierDays([JULY], "2014-07-30", "2014-08-02").map(({ rows }) => rows[0]?.["day"])).toEqual([
    "2014-07-30",
    "2014-07-31",
  ]);
});

it("knows the four weeks, counted from 1970, that a day is in", () => {
  expect(fourWeeks("2014-01-02")).toEqual({ from: "2014-01-02", to: "2014-01-30" });
  expect(fourWeeks("2014-01-01")).toEqual({ from: "2013-12-05", to: "2014-01-02" });
});
