import { describe, expect, it } from "vitest";
import type { TestRequest } from "../../core/data/test-part.ts";
import { prepare, refusal, text } from "./setting.ts";

const rowsOf = async (file: string) => (await text(file)).trim().split("\n").slice(1);
const ROWS = Array.from({ length: 60 }, (_, i) => ({
  id: `r${i}`,
  g: `g${i % 12}`,
  x: (i * 37) % 60,
  y: i % 2 ? "a" : "b",
}));
type Row = (typeof ROWS)[number];
const csv = (rows: readonly Row[], columns: (keyof Row)[] = ["id", "g", "x", "y"]) =>
  `${[columns.join(","), ...rows.map((row) => columns.map((column) => row[column]).join(","))].join("\n")}\n`;

type By = NonNullable<TestRequest["part"]>["by"];
const part = (of: "preview" | "rest", by: By, share = 0.3): TestRequest => ({ part: { of, share, by } });

function prepared(testRows: TestRequest | undefined, data: Record<string, unknown> = {}, content = csv(ROWS)) {
  return prepare(
    { "train.csv": "id,g,x,y\nz,gz,1,a\n", "test.csv": content },
    { train: "train.csv", test: "test.csv", label: "y", id: "id", ...data },
    { slices: ["g"] },
    { testRows },
  );
}

/** The first cells of the features: `slipway_id`. */
const idsOf = async ({ featuresFile }: { featuresFile: string }) =>
  (await rowsOf(featuresFile)).map((row) => row.split(",")[0] ?? "");

describe("a preview of the test rows", () => {
  it("and the rest are all rows, each once", async () => {
    const by = { id: "id", label: "y" };
    const [preview, rest] = [await prepared(part("preview", by)), await prepared(part("rest", by))];
    const ids = [await idsOf(preview), await idsOf(rest)];
    expect(ids.flat().sort()).toEqual(ROWS.map(({ id }) => id).sort());
    expect([preview.test.rows, rest.test.rows]).toEqual([ids[0]?.length, ids[1]?.length]);
    expect(preview.test.rows).toBeGreaterThan(8);
    expect(preview.test.rows).toBeLessThan(28);
  });

  it("holds its rows alone in all that is handed on and joined", async () => {
    const { featuresFile, labelsFile, testRows, test } = await prepared(part("preview", { id: "id" }));
    expect(await rowsOf(labelsFile)).toHaveLength((await rowsOf(featuresFile)).length);
    expect(testRows.count).toBe(test.rows);
  });

  it("has a digest of its own, as the rest has, and says which part it is", async () => {
    const by = { id: "id" };
    const sets = [
      await prepared(undefined),
      await prepared(part("preview", by)),
      await prepared(part("rest", by)),
      await prepared(part("rest", by, 0.4)),
      await prepared(part("rest", { group: "g" })),
    ].map(({ test }) => test);
    expect(new Set(sets.map(({ sha256 }) => sha256)).size).toBe(5);
    expect(sets.map((test) => test.part?.of)).toEqual([undefined, "preview", "rest", "rest", "rest"]);
  });

  it("keeps groups together", async () => {
    const { featuresFile } = await prepared(part("preview", { group: "g", id: "id" }));
    const groups = (await rowsOf(featuresFile)).map((row) => row.split(",")[2]);
    for (const group of new Set(groups)) expect(groups.filter((each) => each === group)).toHaveLength(5);
  });

  it("grows with its share, and loses no row of it", async () => {
    const of = async (share: number) => idsOf(await prepared(part("preview", { id: "id" }, share)));
    expect(await of(0.6)).toEqual(expect.arrayContaining(await of(0.3)));
  });

  it("is the same whatever id, nulls and types the run's own spec declares", async () => {
    const by = { id: "id", label: "y" };
    const xs = async (data: Record<string, unknown>) => {
      const { featuresFile } = await prepared(part("preview", by), data);
      return (await rowsOf(featuresFile)).map((row) => row.split(",").at(-1));
    };
    const own = await xs({});
    expect(await xs({ id: "x" })).toEqual(own);
    expect(await xs({ "null-values": ["r1", "r2", "r3"], columns: { id: { type: "string", nulls: 1 } } })).toEqual(own);
  });

  it("goes by the rows' content where nothing names them, whatever their order and label", async () => {
    const of = async (rows: readonly Row[]) => {
      const { featuresFile } = await prepared(part("preview", { label: "y" }), { id: undefined }, csv(rows));
      return (await rowsOf(featuresFile)).map((row) => row.split(",")[1]).sort();
    };
    const own = await of(ROWS);
    expect(await of([...ROWS].reverse())).toEqual(own);
    expect(await of(ROWS.map((row) => ({ ...row, y: row.y === "a" ? "b" : "a" })))).toEqual(own);
  });

  it.each(["preview", "rest"] as const)("is refused of a %s run where one part has no rows", async (of) => {
    const content = csv(ROWS.filter(({ g }) => g === "g1"));
    const problem = await refusal(prepared(part(of, { group: "g" }), {}, content));
    expect(problem).toMatchObject({
      code: "PREVIEW_EMPTY",
      found: expect.stringMatching(/of 5 rows, told apart by g/),
    });
  });

  it("leaves the sketch of all rows as it is", async () => {
    const key = { sketchKey: "0".repeat(32) };
    const whole = await prepared(key);
    const { sketch } = await prepared({ ...key, ...part("preview", { id: "id" }) });
    expect(sketch).toEqual(whole.sketch);
    expect(sketch?.rows).toBe(60);
  });
});
