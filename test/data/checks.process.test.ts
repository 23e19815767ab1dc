import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parquet, prepare, refusal, temporaryFolder } from "./setting.ts";

const CUSTOM = { task: "custom", train: undefined };

/** The violations of one test column `x`, declared so; values as CSV fields. */
async function violationsOf(values: string[], column: Record<string, unknown>, data: Record<string, unknown> = {}) {
  const rows = values.map((value, index) => `r${index + 1},${value}\n`).join("");
  const { violations } = await prepare(
    { "t.csv": `name,x\n${rows}` },
    { test: "t.csv", id: "name", columns: { x: column }, ...data },
    CUSTOM,
  );
  return violations;
}

describe("a declared type", () => {
  it.each([
    ["long", ["1", "-2", "+3", "1.0", " 4 ", "007"], ["1.5", "1e3", "0x1f", "1_000", "9223372036854775808", "one"]],
    ["double", ["1", "1.5", "-1e300", ".5", "inf", "5."], ["1,5".replace(",", "_"), "one", "1.5.2", "0x1f"]],
    ["boolean", ["true", "False", "TRUE", "1", "0", "1.0"], ["yes", "2", "t"]],
    ["string", ["007", "true", "x"], []],
    [
      "datetime",
      ["2024-01-31", "2024-01-31T10:00:00Z", "2024-01-31 10:00", "2024-01-31T10:00:00.123+02:00"],
      ["31.01.2024", "2024-13-01", "2024/01/31", "1706700000", "now"],
    ],
  ])("%s takes what it says and counts the rest", async (type, good, bad) => {
    const violations = await violationsOf([...good, ...bad], { type });
    const expected = bad.map((_, index) => `r${good.length + index + 1}`);
    expect(violations).toEqual(
      bad.length === 0
        ? []
        : [expect.objectContaining({ check: "type", count: bad.length, rows: expected, set: "test", column: "x" })],
    );
  });

  it("of a Parquet column of floats takes whole numbers as long, and NaN as null", async () => {
    const folder = await temporaryFolder();
    await parquet(`${folder}/t.parquet`, "SELECT unnest([1.0, 2.5, 'nan'::DOUBLE]) AS x");
    const { readFile } = await import("node:fs/promises");
    const content = await readFile(`${folder}/t.parquet`);
    const { violations } = await prepare(
      { "t.parquet": content },
      { test: "t.parquet", columns: { x: { type: "long" } } },
      CUSTOM,
    );
    expect(violations.map(({ check, count, rows }) => [check, count, rows])).toEqual([
      ["type", 1, ["2"]],
      ["nulls", 1, ["3"]],
    ]);
  });

  it("is not broken by a null", async () => {
    expect(
      await violationsOf(["", "NA", "nan", "1"], { type: "double", nulls: 0.75 }, { "null-values": ["NA"] }),
    ).toEqual([]);
  });
});

describe("a rule", () => {
  it("on nulls allows the share that it says and not one more", async () => {
    expect(await violationsOf(["", "1", "2", "3"], { type: "long", nulls: 0.25 })).toEqual([]);
    expect(await violationsOf(["", "", "2", "3"], { type: "long", nulls: 0.25 })).toEqual([
      expect.objectContaining({
        check: "nulls",
        count: 2,
        rows: ["r1", "r2"],
        expected: "at most 25 % nulls",
        found: "2 of 4 rows (50 %)",
      }),
    ]);
  });

  it("on the smallest and largest value includes the bounds", async () => {
    const violations = await violationsOf(["0.9", "1", "2", "2.1"], { type: "double", min: 1, max: 2 });
    expect(violations.map(({ check, rows }) => [check, rows])).toEqual([
      ["min", ["r1"]],
      ["max", ["r4"]],
    ]);
  });

  it("on dates compares moments, not texts", async () => {
    const values = ["2024-01-01T00:30:00+02:00", "2024-01-01"];
    expect(await violationsOf(values, { type: "datetime", min: "2024-01-01" })).toEqual([
      expect.objectContaining({ check: "min", rows: ["r1"] }),
    ]);
  });

  it("on allowed values compares in the column's type", async () => {
    expect(await violationsOf(["1", "2.0", "3"], { type: "long", "one-of": [1, 2] })).toEqual([
      expect.objectContaining({ check: "one-of", rows: ["r3"], expected: "one of 1, 2" }),
    ]);
  });

  it.each(["FLOAT", "DOUBLE", "DECIMAL(3,1)", "DECIMAL(38,20)"])(
    "compares a Parquet %s by its own text",
    async (type) => {
      const folder = await temporaryFolder();
      await parquet(join(folder, "t.parquet"), `SELECT unnest(['0.1', '0.3', '0.4'])::${type} AS x`);
      const rule = async (about: object) => {
        const data = { test: "t.parquet", columns: { x: { type: "double", ...about } } };
        const { violations } = await prepare({ "t.parquet": await readFile(join(folder, "t.parquet")) }, data, CUSTOM);
        return violations.map(({ check, rows }) => [check, rows]);
      };
      expect(await rule({ "one-of": [0.1, 0.3, 0.4], min: 0.1, max: 0.4, unique: true })).toEqual([]);
      expect(await rule({ "one-of": [0.1, 0.3], min: 0.3, max: 0.3 })).toEqual([
        ["min", ["1"]],
        ["max", ["3"]],
        ["one-of", ["3"]],
      ]);
    },
  );

  it("on whole numbers past 2^53 tells neighbours apart", async () => {
    const violations = await violationsOf(["9007199254740991", "9007199254740992", "9007199254740993"], {
      ...{ type: "long", max: 9007199254740991 },
    });
    expect(violations).toMatchObject([{ check: "max", rows: ["r2", "r3"] }]);
  });

  it("on allowed values holds where one of them does not fit the type", async () => {
    expect(await violationsOf(["1", "3"], { type: "long", "one-of": [1, "x"] })).toHaveLength(1);
  });

  it("on unique values counts each repetition", async () => {
    expect(await violationsOf(["a", "b", "a", "a"], { type: "string", unique: true })).toEqual([
      expect.objectContaining({ check: "unique", count: 2, rows: ["r3", "r4"] }),
    ]);
  });

  it("on files finds those that are missing, and those outside", async () => {
    const { violations } = await prepare(
      { "d/t.csv": "photo\na.png\nb.png\n../../../../x.png\n/etc/passwd\n", "d/a.png": "png" },
      { test: "d/t.csv", columns: { photo: { type: "file" } } },
      CUSTOM,
    );
    expect(violations).toEqual([expect.objectContaining({ check: "file", count: 3, rows: ["2", "3", "4"] })]);
  });

  it("names the first ten rows and counts them all", async () => {
    const [violation] = await violationsOf(
      Array.from({ length: 25 }, () => "x"),
      { type: "long" },
    );
    expect(violation).toMatchObject({ count: 25, rows: Array.from({ length: 10 }, (_, index) => `r${index + 1}`) });
  });

  it("that does not suit the column's type is an error of the spec", async () => {
    expect(await refusal(violationsOf(["a"], { type: "string", min: 1 }))).toMatchObject({ code: "SPEC_INVALID" });
  });

  it("never shows values, nor the ids of a sensitive id column", async () => {
    const { violations, profile } = await prepare(
      { "t.csv": "ssn,x\nsecret-1,bad\nsecret-1,1\n" },
      { test: "t.csv", id: "ssn", columns: { ssn: { type: "string", sensitive: true }, x: { type: "long" } } },
      CUSTOM,
    );
    expect(violations.map(({ check, rows }) => [check, rows])).toEqual([
      ["type", ["1"]],
      ["id", ["2"]],
    ]);
    expect(JSON.stringify({ violations, profile })).not.toMatch(/secret|bad/);
  });
});

describe("the roles of columns", () => {
  const rows = "id,y,g\n1,a,k\n2,,\n2,b,k\n,c,k\n";
  const labelled = { train: "t.csv", test: "e.csv", label: "y" };
  const clean = "id,y,g\n8,a,k\n9,b,k\n";

  it("are checked where nothing is declared: label, id, group", async () => {
    const { violations } = await prepare({ "t.csv": rows, "e.csv": clean }, { ...labelled, id: "id", group: "g" });
    expect(violations.map(({ set, check, rows: ids }) => [set, check, ids])).toEqual([
      ["train", "id", ["row 4"]],
      ["train", "label", ["2"]],
      ["train", "group", ["2"]],
      ["train", "id", ["2"]],
    ]);
  });

  it("need their columns, in both sets, with the nearest name", async () => {
    const { violations } = await prepare(
      { "t.csv": clean, "e.csv": clean },
      { ...labelled, label: "Y1", columns: { gg: { type: "long" } } },
      { slices: ["zone"] },
    );
    expect(violations.map(({ set, check, column }) => `${set} ${check} ${column}`)).toEqual([
      "train missing gg",
      "train label Y1",
      "test missing gg",
      "test label Y1",
      "test missing zone",
    ]);
  });

  it("need a number as a regression's label", async () => {
    const { violations } = await prepare({ "t.csv": clean, "e.csv": clean }, labelled, { task: "regression" });
    expect(violations.map(({ check, expected }) => [check, expected])).toContainEqual([
      "label",
      "a number; the column is string",
    ]);
  });

  it("refuse an id that is in both train and test", async () => {
    const { violations } = await prepare(
      { "t.csv": clean, "e.csv": "id,y,g\n9,a,k\n10,b,k\n" },
      { ...labelled, id: "id" },
    );
    expect(violations).toEqual([expect.objectContaining({ set: "test", check: "id", count: 1, rows: ["9"] })]);
  });

  it("hold a number of training rows", async () => {
    const { violations } = await prepare({ "t.csv": clean, "e.csv": clean }, { ...labelled, rows: { min: 3 } });
    expect(violations).toEqual([
      expect.objectContaining({ set: "train", check: "rows", expected: "at least 3 rows", found: "2 rows" }),
    ]);
  });

  it("refuse a positive class that cannot be of the label's type", async () => {
    const act = prepare(
      { "t.csv": "y\n1\n0\n" },
      { ...labelled, test: "t.csv", label: { column: "y", positive: "yes" } },
    );
    expect(await refusal(act)).toMatchObject({ code: "SPEC_INVALID" });
  });
});
