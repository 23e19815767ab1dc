import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Files, parquet, parquetRows, prepare, refusal, temporaryFolder } from "./setting.ts";

// What pandas notes in a file: by it, pandas alone reads columns as an index, as categories, as time spans.
const NOTES = `, KV_METADATA { 'pandas': '{"index_columns": ["__index_level_0__"]}', 'ARROW:schema': '/////w==' }`;

async function files(queries: Record<string, string>, options = ""): Promise<Files> {
  const folder = await temporaryFolder();
  const found: Files = {};
  for (const [name, query] of Object.entries(queries)) {
    await parquet(join(folder, `${name}.parquet`), query, options);
    found[`${name}.parquet`] = await readFile(join(folder, `${name}.parquet`));
  }
  return found;
}

const DATA = { train: "train.parquet", test: "test.parquet", label: "y" };

/** Name, physical and logical type of each column. */
async function columnsOf(file: string): Promise<Record<string, unknown>> {
  const rows = (await parquetRows(file, "parquet_schema")).slice(1);
  return Object.fromEntries(
    rows.map((row) => [row["name"], [row["type"], row["converted_type"], row["logical_type"]]]),
  );
}

async function handed(train: string, test: string) {
  const prepared = await prepare(await files({ train, test }), DATA);
  const { y: _, ...trained } = await columnsOf(prepared.trainFile as string);
  const { slipway_id: __, ...features } = await columnsOf(prepared.featuresFile);
  const rows = [await parquetRows(prepared.trainFile as string), await parquetRows(prepared.featuresFile)];
  return { violations: prepared.violations, trained, features, rows };
}

describe("train and features of Parquet", () => {
  it("carry no notes that make other columns of the same bytes", async () => {
    const queries = { train: "SELECT 'a' AS y, 5 AS span", test: "SELECT 'a' AS y, 6 AS span" };
    const { trainFile, featuresFile } = await prepare(await files(queries, NOTES), DATA);
    for (const file of [trainFile as string, featuresFile])
      expect(await parquetRows(file, "parquet_kv_metadata")).toEqual([]);
  });

  it.each([
    ["whole numbers and doubles", "7::BIGINT", "7.5::DOUBLE"],
    ["widths of whole numbers", "7::TINYINT", "300::BIGINT"],
    ["widths of unsigned ones", "7::UTINYINT", "300::UBIGINT"],
    ["floats", "0.5::FLOAT", "0.25::DOUBLE"],
    ["decimals", "1.5::DECIMAL(4,1)", "1.25::DECIMAL(5,2)"],
    ["days and moments", "DATE '2024-01-01'", "TIMESTAMP '2024-01-01 09:00:00'"],
    ["precisions of moments", "TIMESTAMP_NS '2024-01-01'", "TIMESTAMP '2024-01-01 09:00:00'"],
    ["nothing and text", "NULL::INTEGER", "'x'"],
    ["text and nothing", "'x'", "NULL::INTEGER"],
    ["the same nested values", "[1, 2]", "[3]"],
  ])("have the same columns and types where the files have not: %s", async (_, train, test) => {
    const found = await handed(`SELECT 'a' AS y, ${train} AS x`, `SELECT 'a' AS y, ${test} AS x`);
    expect(found.violations).toEqual([]);
    expect(found.trained).toEqual(found.features);
  });

  it("keep a 32-bit float's text where they widen it", async () => {
    const { rows } = await handed("SELECT 'a' AS y, 0.1::FLOAT AS x", "SELECT 'a' AS y, 0.2::DOUBLE AS x");
    expect(rows).toMatchObject([[{ x: 0.1 }], [{ x: 0.2 }]]);
  });

  it.each([
    ["7", "'7'"],
    ["true", "1"],
    ["TIMESTAMPTZ '2024-01-01 00:00:00+00'", "TIMESTAMP '2024-01-01'"],
    ["18446744073709551615::UBIGINT", "-1"],
    ["[1]", "['a']"],
  ])("are refused where no type holds both: %s, %s", async (train, test) => {
    const { violations } = await handed(`SELECT 'a' AS y, ${train} AS x`, `SELECT 'a' AS y, ${test} AS x`);
    expect(violations).toMatchObject([
      {
        set: "test",
        column: "x",
        check: "type",
        count: 1,
        expected: expect.stringContaining("as in train: write both"),
      },
    ]);
  });

  it("have no column of pandas' index, which a model would learn from", async () => {
    const query = `SELECT 'a' AS y, 1 AS x, 7 AS "__index_level_0__"`;
    const both = await files({ train: query, test: query }, NOTES);
    expect(await refusal(prepare(both, DATA))).toMatchObject({
      code: "DATA_UNREADABLE",
      file: "models/m/train.parquet",
      hint: expect.stringContaining("index=False"),
    });
    const apart = await files({ train: query, test: query.replace("7", "8") });
    expect((await prepare(apart, { ...DATA, id: "__index_level_0__" })).violations).toEqual([]);
  });
});
