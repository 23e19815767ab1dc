import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { classGaps } from "../../core/stages/checked-data.ts";
import { prepare, refusal, text } from "./setting.ts";

const TIMES = ["2024-01-01", "2024-01-10", "2024-01-19", "2024-01-20", "2024-01-21", "2024-01-30"];
const csv = (times: string[]) => `seen,y\n${times.map((time, index) => `${time},${index + 1}\n`).join("")}`;
const rowsOf = async (file: string) => (await text(file)).trim().split("\n").slice(1);

function split(content: string, about: Record<string, unknown> = {}, columns: Record<string, unknown> = {}) {
  return prepare(
    { "t.csv": content },
    { source: "t.csv", split: { time: "seen", test: "10d", ...about }, label: "y", columns },
    { task: "regression" },
  );
}

describe("a split by time", () => {
  it("tests on what is later than max − test, to the microsecond", async () => {
    const { trainFile, featuresFile } = await split(csv([...TIMES, "2024-01-20T00:00:00.000001Z"]));
    expect(await rowsOf(trainFile as string)).toEqual(["2024-01-01,1", "2024-01-10,2", "2024-01-19,3", "2024-01-20,4"]);
    expect(await rowsOf(featuresFile)).toEqual(["5,2024-01-21", "6,2024-01-30", "7,2024-01-20T00:00:00.000001Z"]);
  });

  it("leaves the gap's rows out of both", async () => {
    const { train, test, trainFile } = await split(csv(TIMES), { gap: "1d" });
    expect([train?.rows, test.rows]).toEqual([3, 2]);
    expect(await rowsOf(trainFile as string)).toEqual(["2024-01-01,1", "2024-01-10,2", "2024-01-19,3"]);
  });

  it("takes times without an offset as UTC and reads offsets", async () => {
    const { featuresFile } = await split(csv(["2024-01-01", "2024-01-19T23:00:00-02:00", "2024-01-30"]));
    expect(await rowsOf(featuresFile)).toEqual(["2,2024-01-19T23:00:00-02:00", "3,2024-01-30"]);
  });

  it("gives train and test digests of their own, which follow the split", async () => {
    const content = csv(TIMES);
    const a = await split(content);
    const b = await split(content, { gap: "1d" });
    expect(new Set([a.train?.sha256, a.test.sha256, b.train?.sha256, b.test.sha256]).size).toBe(4);
  });

  it("counts rows without a time", async () => {
    const { violations, train } = await split(csv([...TIMES, ""]));
    expect(violations).toEqual([
      expect.objectContaining({ set: "train", check: "nulls", column: "seen", rows: ["7"] }),
    ]);
    expect(train?.rows).toBe(5);
  });

  it("is refused with the span that was found where no training rows are left", async () => {
    expect(await refusal(split(csv(TIMES), { test: "29d", gap: "1d" }))).toMatchObject({
      code: "DATA_INVALID",
      expected: "data that spans more than 29d and a gap of 1d",
      found: "2024-01-01T00:00:00.000Z to 2024-01-30T00:00:00.000Z",
    });
  });

  it("keeps the oldest row where it is just outside", async () => {
    const { train } = await split(csv(TIMES), { test: "28d", gap: "1d" });
    expect(train?.rows).toBe(1);
  });

  it("is refused for a number, which has no unit", async () => {
    expect(await refusal(split(csv(["1", "2"])))).toMatchObject({
      code: "DATA_INVALID",
      found: "long",
      hint: expect.stringContaining("no unit"),
    });
  });

  it("is refused for a column that is not there", async () => {
    expect(await refusal(split("when,y\n2024-01-01,1\n"))).toMatchObject({ code: "DATA_INVALID", found: "when, y" });
  });

  it("counts unfit times of a declared column as violations", async () => {
    const { violations } = await split(csv([...TIMES, "soon"]), {}, { seen: { type: "datetime" } });
    expect(violations.map(({ check, rows }) => [check, rows])).toEqual([
      ["type", ["7"]],
      ["nulls", ["7"]],
    ]);
  });
});

describe("a split by hash", () => {
  const HASHED = { test: 0.3, seed: 7 };
  type Rows = readonly (readonly [id: string, group: string, x: string, y: string])[];
  const many = (count: number): Rows =>
    Array.from({ length: count }, (_, i) => [`r${i}`, `g${i % 40}`, `${i}`, `${i % 3}`]);
  const file = (rows: Rows) => `id,g,x,y\n${rows.map((row) => `${row.join(",")}\n`).join("")}`;

  /** The x of each side's rows. */
  async function sides(rows: Rows, about: Record<string, unknown> = { id: "id" }, split: object = HASHED) {
    const data = { source: "t.csv", split, label: "y", ...about };
    const { trainFile, featuresFile } = await prepare({ "t.csv": file(rows) }, data);
    const xs = async (name: string, at: number) =>
      new Set((await rowsOf(name)).map((line) => line.split(",")[at] as string));
    return { train: await xs(trainFile as string, 2), test: await xs(featuresFile, 3) };
  }

  it("is SHA-256 of seed and id, as the page says it", async () => {
    const rows = many(50);
    const { test } = await sides(rows);
    const share = (id: string) =>
      Number.parseInt(createHash("sha256").update(`7:${id}`).digest("hex").slice(0, 13), 16) / 2 ** 52;
    expect([...test].sort()).toEqual(rows.flatMap(([id, , x]) => (share(id) < 0.3 ? [x] : [])).sort());
  });

  it("gives the test set about the share that is asked for", async () => {
    const { train, test } = await sides(many(2_000));
    expect(test.size / 2_000).toBeCloseTo(0.3, 1);
    expect(train.size + test.size).toBe(2_000);
  });

  it("moves no row when others come, wherever they stand and whatever they hold", async () => {
    const before = await sides(many(100));
    const come = many(160)
      .slice(100)
      .map(([id, ...rest]) => [`${id}-z`, ...rest] as const);
    const after = await sides([...come.slice(0, 30), ...many(100), ...come.slice(30), ["7", "g", "9999", "1"]]);
    for (const side of ["train", "test"] as const) for (const x of before[side]) expect(after[side]).toContain(x);
  });

  it("is another with another seed, and the same in any order", async () => {
    const rows = many(100);
    const one = await sides(rows);
    expect((await sides(rows, { id: "id" }, { test: 0.3, seed: 8 })).test).not.toEqual(one.test);
    expect((await sides([...rows].reverse())).test).toEqual(one.test);
    expect((await sides(rows, { id: "id" }, { test: 0.3 })).test).toEqual(
      (await sides(rows, { id: "id" }, { test: 0.3, seed: 0 })).test,
    );
  });

  it("keeps a group on one side", async () => {
    const rows = many(200);
    const { train, test } = await sides(rows, { id: "id", group: "g" });
    const groups = (side: ReadonlySet<string>) => new Set(rows.flatMap(([, g, x]) => (side.has(x) ? [g] : [])));
    const shared = [...groups(train)].filter((g) => groups(test).has(g));
    expect(shared).toEqual([]);
    expect(test.size).toBeGreaterThan(0);
  });

  it.each([
    ["whole numbers in two spellings", (i: number) => [`${i}`, `${i}.0`]],
    [
      "one moment in two spellings",
      (i: number) => [`2024-01-01T00:00:${10 + (i % 50)}Z`, `2024-01-01T01:00:${10 + (i % 50)}+01:00`],
    ],
  ])("keeps a group on one side that is written as %s", async (_, spellings) => {
    const rows = Array.from(
      { length: 80 },
      (_, i) => [`r${i}`, spellings(i >> 1)[i % 2] as string, `${i}`, "a"] as const,
    );
    const { test } = await sides(rows, { id: "id", group: "g" });
    for (let i = 0; i < 80; i += 2) expect(test.has(`${i}`), `${i}`).toBe(test.has(`${i + 1}`));
  });

  it("takes the row's own texts without an id, so that doubles are on one side and a corrected label moves nothing", async () => {
    const rows = [...many(60), ...many(60)];
    const before = await sides(rows, {});
    expect([...before.train].filter((x) => before.test.has(x))).toEqual([]);
    const corrected = rows.map(([id, g, x]) => [id, g, x, "9"] as const);
    expect((await sides(corrected, {})).test).toEqual(before.test);
  });

  it("refuses a side without rows, and a column that is not there", async () => {
    const data = { source: "t.csv", split: HASHED, label: "y" };
    const of = (rows: Rows, about: object) => refusal(prepare({ "t.csv": file(rows) }, { ...data, ...about }));
    expect(await of(many(1), { id: "id" })).toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringMatching(/leaves no/),
    });
    expect(await of(many(9), { group: "colony" })).toMatchObject({ message: "There is no column colony to split by." });
  });

  it("says which classes one side lacks", async () => {
    const rows = many(40).map(([id, g, x]) => [id, g, x, "a"] as const);
    const { test } = await sides(rows);
    const [inTest = ""] = test;
    const odd = rows.map((row) => (row[2] === inTest ? ([row[0], row[1], row[2], "b"] as const) : row));
    const prepared = await prepare({ "t.csv": file(odd) }, { source: "t.csv", split: HASHED, label: "y", id: "id" });
    expect(classGaps(prepared)).toEqual({ untrained_classes: ["b"] });
  });
});
