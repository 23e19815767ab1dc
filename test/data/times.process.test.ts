import { describe, expect, it } from "vitest";
import { isoTime } from "../../core/iso-time.ts";
import { prepare, refusal, text } from "./setting.ts";

// Each says 2024-01-19T22:30:00Z, but for those that leave the minutes out.
const FORMS = [
  "2024-01-19T22:30Z",
  "2024-01-19 22:30+00:00",
  "2024-01-19T22:30:00+0000",
  "2024-01-19T22:30:00+00",
  "2024-01-19T22:30-00",
  "2024-01-20T00:30+0200",
  "2024-01-19T20:15:00-02:15",
  "2024-01-19t22:30z",
  "2024-01-19 22:30",
  "2024-01-19T22:30:00,000Z",
  "2024-01-19T22:30:00.000000000+00:00",
];
const MOMENT = Date.UTC(2024, 0, 19, 22, 30);
const NONE = [
  "2024-02-30",
  "2024-13-01T00:00Z",
  "2024-01-19T25:00",
  "2024-01-19T22:60Z",
  "2016-12-31T23:59:60Z",
  "2024-01-19T22:30+2",
  "2024-01-19T22:30 +00:00",
  "2024-01-19T22:30:00.+00:00",
  "19.01.2024",
  "soon",
];
const CUSTOM = { task: "custom", train: undefined };
const column = (values: string[]) => `at,y\n${values.map((value) => `"${value}",1\n`).join("")}`;

describe.each(FORMS)("%s", (form) => {
  it("is read in a column that nobody declares, and by a profile", async () => {
    const { profile, signature } = await prepare({ "t.csv": column([form]) }, { test: "t.csv" }, CUSTOM);
    expect(signature.inputs[0]).toEqual({ name: "at", type: "datetime" });
    expect(profile.columns["at"]).toMatchObject({ min: MOMENT, max: MOMENT });
  });

  it("is read in declared columns, and as a rule's bound", async () => {
    const at = (bounds: object) => ({ test: "t.csv", columns: { at: { type: "datetime", ...bounds } } });
    const found = async (bounds: object) => {
      const { violations } = await prepare({ "t.csv": column([form]) }, at(bounds), CUSTOM);
      return violations.map(({ check }) => check);
    };
    expect(await found({ min: form, max: "2024-01-19T22:30:00Z" })).toEqual([]);
    expect(await found({ min: "2024-01-19T22:30:01Z", max: form })).toEqual(["min"]);
  });

  it("is where a split by time parts", async () => {
    const rows = ["2024-01-09T22:30:00Z", "2024-01-09T22:30:01Z", form].map((time) => `"${time}",1`);
    const { trainFile, test } = await prepare(
      { "t.csv": `at,y\n${rows.join("\n")}\n` },
      { source: "t.csv", split: { time: "at", test: "10d" }, label: "y" },
      { task: "regression" },
    );
    expect(await text(trainFile as string)).toBe("at,y\n2024-01-09T22:30:00Z,1\n");
    expect(test.rows).toBe(2);
  });
});

it("reads the same moments in specs and in data", async () => {
  expect(FORMS.map(isoTime)).toEqual(FORMS.map(() => MOMENT));
  expect(NONE.map(isoTime)).toEqual(NONE.map(() => undefined));
  const data = { test: "t.csv", columns: { at: { type: "datetime" } } };
  const { violations } = await prepare({ "t.csv": column(NONE) }, data, CUSTOM);
  expect(violations).toMatchObject([{ check: "type", count: NONE.length }]);
});

it("reads hours alone, and a day's end", async () => {
  const { profile } = await prepare(
    { "t.csv": column(["2024-01-19T22", "2024-01-19T24:00Z"]) },
    { test: "t.csv" },
    CUSTOM,
  );
  expect(profile.columns["at"]).toMatchObject({ min: isoTime("2024-01-19T22"), max: isoTime("2024-01-19T24:00Z") });
  expect(profile.columns["at"]?.max).toBe(Date.UTC(2024, 0, 20));
});

it("is refused as a bound where it is no time", async () => {
  const data = { test: "t.csv", columns: { at: { type: "datetime", min: "Jan 1, 2024" } } };
  expect(await refusal(prepare({ "t.csv": column(["2024-01-19"]) }, data, CUSTOM))).toMatchObject({
    code: "SPEC_INVALID",
  });
});

describe("a split names the rows that hold no time", () => {
  const split = (values: string[], columns: object = {}) =>
    refusal(
      prepare(
        { "t.csv": column(values) },
        { source: "t.csv", split: { time: "at", test: "1d" }, label: "y", columns },
        { task: "regression" },
      ),
    );

  it("beside others that do", async () => {
    expect(await split(["2024-01-01", "soon", "2024-02-30", "2024-01-02T00:00Z"])).toMatchObject({
      code: "DATA_INVALID",
      found: "string: no ISO 8601 time in row 2, 3",
    });
  });

  it("where none does", async () => {
    const found = await split(
      Array.from({ length: 12 }, () => "19.01.2024"),
      { at: { type: "datetime" } },
    );
    expect(found).toMatchObject({
      message: "The column at holds no time at all.",
      found: "no ISO 8601 time in row 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more",
    });
  });
});
