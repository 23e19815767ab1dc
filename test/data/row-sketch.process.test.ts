import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedRows } from "../../core/ledger/overlap.ts";
import type { RowSketch } from "../../schemas/row-sketch.ts";
import { type Files, parquet, prepareIn, temporaryFolder, write } from "./setting.ts";

const testRows = { sketchKey: "5e".repeat(16) };
const TRAIN = { "train.csv": "id,name,size,seen,tall,y\nz,zoe,0.5,2020-01-01,true,a\n" };
const HEAD = "id,name,size,seen,tall,y";
const ROWS = [
  "r1,ada,7,2024-01-31,true,a",
  "r2,bob,7.25,2024-02-01T09:00:00Z,false,b",
  "r3,,1000000,2024-03-01,true,a",
  "r4,dan,0.1,2024-03-01,false,b",
];
const csv = (rows: readonly string[], head = HEAD) => `${[head, ...rows].join("\n")}\n`;
const DATA = { train: "train.csv", test: "test.csv", label: "y", id: "id" };

async function sketchOf(files: Files, data: Record<string, unknown> = {}, rest = {}): Promise<RowSketch> {
  const folder = await temporaryFolder();
  const { sketch } = await prepareIn(folder, { ...TRAIN, ...files }, { ...DATA, ...data }, rest, { testRows });
  if (sketch === undefined) throw new Error("no sketch");
  return sketch;
}

const plain = () => sketchOf({ "test.csv": csv(ROWS) });

describe("a sketch of test rows", () => {
  it.each([
    ["in another order", csv([...ROWS].reverse()), {}],
    [
      "with other names of columns",
      csv(ROWS, "key,who,length,when,big,class"),
      { label: "class", id: "key" },
      csv(["z,zoe,0.5,2020-01-01,true,a"], "key,who,length,when,big,class"),
    ],
    [
      "with columns in another order",
      csv(
        ROWS.map((row) => row.split(",").reverse().join(",")),
        "y,tall,seen,size,name,id",
      ),
      {},
    ],
    ["with new ids", csv(ROWS.map((row, i) => row.replace(/^r\d/, `new-${i * 7}`))), {}],
    [
      "with other spellings of its values",
      csv([
        "r1,ada,7.0,2024-01-31T00:00:00Z,True,a",
        "r2,bob,7.250,2024-02-01 10:00+01:00,FALSE,b",
        "r3,NA,1e6,2024-03-01,TRUE,a",
        "r4,dan,.1,2024-03-01,0,b",
      ]),
      {},
    ],
    [
      "with a null text that the spec declares",
      csv(ROWS.map((row) => row.replace("r3,,", "r3,-99,"))),
      { "null-values": ["-99"] },
    ],
  ])("is the same %s", async (_, content, data, train?: string) => {
    const other = await sketchOf({ "test.csv": content, ...(train ? { "train.csv": train } : {}) }, data);
    expect(sharedRows(other, await plain())).toEqual({ share: 1, ofOther: 1 });
  });

  it("is the same with another column as the id", async () => {
    const content = { "test.csv": csv(ROWS.map((row) => row.replace("r3,,", "r3,cid,"))) };
    const other = await sketchOf(content, { id: "name" });
    expect(sharedRows(other, await sketchOf(content))).toEqual({ share: 1, ofOther: 1 });
  });

  it("is the same of a Parquet file", async () => {
    const folder = await temporaryFolder();
    await write(folder, { "test.csv": csv(ROWS) });
    const file = join(folder, "test.parquet");
    await parquet(file, `SELECT * FROM '${join(folder, "test.csv")}'`);
    const other = await sketchOf({ "test.parquet": await readFile(file) }, { test: "test.parquet" });
    expect(sharedRows(other, await plain())).toEqual({ share: 1, ofOther: 1 });
  });

  it("is the same of JSON Lines", async () => {
    const lines = [
      { id: "r1", name: "ada", size: 7, seen: "2024-01-31", tall: true, y: "a" },
      { id: "r2", name: "bob", size: 7.25, seen: "2024-02-01T09:00:00Z", tall: false, y: "b" },
      { id: "r3", name: null, size: 1e6, seen: "2024-03-01", tall: true, y: "a" },
      { id: "r4", name: "dan", size: 0.1, seen: "2024-03-01", tall: false, y: "b" },
    ];
    const content = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    const other = await sketchOf({ "test.jsonl": content }, { test: "test.jsonl" });
    expect(sharedRows(other, await plain())).toEqual({ share: 1, ofOther: 1 });
  });

  it("loses a row alone where one row is changed", async () => {
    const changed = await sketchOf({ "test.csv": csv(ROWS.map((row) => row.replace("ada", "eve"))) });
    expect(sharedRows(changed, await plain())).toEqual({ share: 0.75, ofOther: 0.75 });
  });

  it("has none of the rows of a new set", async () => {
    const fresh = await sketchOf({ "test.csv": csv(ROWS.map((row) => row.replace("2024", "2025"))) });
    expect(sharedRows(fresh, await plain())).toEqual({ share: 0, ofOther: 0 });
  });

  it("takes rows with the same features and other labels for new ones", async () => {
    const relabelled = await sketchOf({ "test.csv": csv(ROWS.map((row) => row.replace(/.$/, "c"))) });
    expect(sharedRows(relabelled, await plain())).toEqual({ share: 0, ofOther: 0 });
  });

  it("is the same of rows that are repeated, however often", async () => {
    const rows = ["ada,1,a", "bob,2,b", "eve,3,a"];
    const often = (times: number) =>
      sketchOf({ "test.csv": csv(Array.from({ length: times }, () => rows).flat(), "name,size,y") }, { id: undefined });
    expect(sharedRows(await often(20), await often(1))).toEqual({ share: 1, ofOther: 1 });
    expect((await often(1)).features).toHaveLength(1);
  });

  it("counts equal rows where there are others", async () => {
    const data = { id: undefined };
    const twice = await sketchOf({ "test.csv": csv(["r,a,1,,true,a", "r,a,1,,true,a", "s,b,2,,true,b"]) }, data);
    const more = await sketchOf({ "test.csv": csv(["r,a,1,,true,a", "r,a,1,,true,a", "t,c,3,,true,b"]) }, data);
    expect(sharedRows(twice, more)).toEqual({ share: 2 / 3, ofOther: 2 / 3 });
  });

  it("finds the rows of another split of the same source", async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `${i},${(i * 7919) % 1000},${i % 2 ? "a" : "b"}`);
    const of = (split: unknown) =>
      sketchOf({ "all.csv": csv(rows, "id,x,y") }, { train: undefined, test: undefined, source: "all.csv", split });
    const { share } = sharedRows(await of({ test: 0.5, seed: 2 }), await of({ test: 0.3, seed: 1 }));
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
  });

  it("says nothing of labels that are withheld", async () => {
    const content = csv(ROWS);
    const remote = async (text: string) => {
      const folder = await temporaryFolder();
      await write(folder, { "away/test.csv": text });
      const uri = `file://${join(folder, "away/test.csv")}`;
      const sha256 = createHash("sha256").update(text).digest("hex");
      const lock = { slipway: 1 as const, files: [{ uri, sha256, size: Buffer.byteLength(text) }] };
      const { sketch } = await prepareIn(folder, TRAIN, { ...DATA, test: uri }, {}, { testRows, lock });
      return sketch;
    };
    const sketch = await remote(content);
    expect(sketch).not.toHaveProperty("labelled");
    expect(await remote(content.replaceAll(/[ab]$/gm, "c"))).toEqual(sketch);
    expect(sharedRows(sketch as RowSketch, await plain()).share).toBe(1);
  });
});
