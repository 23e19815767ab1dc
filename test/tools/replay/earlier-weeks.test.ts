import path from "node:path";
import { expect, it } from "vitest";
import { earlierWeeks } from "../../../tools/replay/earlier-weeks.ts";

const JULY = path.join(import.meta.dirname, "../../../examples/rain/later/2014-07.csv");

it("gives a day as a client sends it: numbers, its name, its time, and not what came of it", () => {
  expect(earlierWeeks([JULY], "2014-07-01", "2014-07-02")).toEqual([
    {
      at: Date.parse("2014-07-02T20:00:00Z"),
      rows: [{ day: "2014-07-01", precipitation: 0, temp_max: 34.4, temp_min: 15.6, wind: 3.5 }],
    },
  ]);
});

it("asks once a week, for the days from the first on, and before the last", () => {
  const weeks = earlierWeeks([JULY], "2014-07-02", "2014-07-12");
  expect(weeks.map(({ rows }) => rows.map(({ day }) => day))).toEqual([
    ["2014-07-02"],
    ["2014-07-03", "2014-07-04", "2014-07-05", "2014-07-06", "2014-07-07", "2014-07-08", "2014-07-09"],
    ["2014-07-10", "2014-07-11"],
  ]);
});
