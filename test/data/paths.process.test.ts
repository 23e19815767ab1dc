import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { joinKept, joinPredictions } from "../../core/data/join.ts";
import { type Files, formats, parquetRows, prepareIn, temporaryFolder, text, write } from "./setting.ts";

const FORMATS = ["csv", "csv.gz", "jsonl", "parquet"];
// The first is Hive's way to keep values of columns; the others are patterns to DuckDB, which match a folder beside.
const FOLDERS = [
  ["y=1/x=9/extra=2", undefined],
  ["a[b]c", "abc"],
  ["a*c", "abc"],
  ["a?c", "abc"],
] as const;
const ROWS = [1.5, 2.5, 3.5].map((x, n) => ({ y: n % 2, x, s: `k${n}` }));
const DATA = { train: "y=1/t.EXT", test: "y=1/t.EXT", label: "y" };
const REST = {
  slices: ["s"],
  metrics: { accuracy: { metric: "accuracy_score" }, ease: { run: "node ease.mjs", "greater-is-better": true } },
};

/** What a model would write, in one format. */
async function outputs(format: string): Promise<Files> {
  const ids = [1, 2, 3];
  const predictions = ids.map((slipway_id) => ({ slipway_id, prediction: 0, proba_0: 0.75, proba_1: 0.25 }));
  const scores = ids.map((slipway_id) => ({ slipway_id, metric: "ease", value: 0.5 }));
  const written = await Promise.all([formats(predictions), formats(scores)]);
  return { [`prediction=1.${format}`]: written[0][format] ?? "", [`value=2.${format}`]: written[1][format] ?? "" };
}

async function below(folder: string, format: string) {
  const content = (await formats(ROWS))[format] ?? "";
  const data = JSON.parse(JSON.stringify(DATA).replaceAll("EXT", format));
  const prepared = await prepareIn(folder, { [`y=1/t.${format}`]: content }, data, REST);
  const out = join(folder, "slipway_id=9");
  await write(out, await outputs(format));
  const request = {
    ...{ prepared, spec: prepared.spec, predictions: join(out, `prediction=1.${format}`) },
    scores: { ease: join(out, `value=2.${format}`) },
  };
  return { prepared, ...(await joinPredictions(request)) };
}

describe.each(FOLDERS)("a folder named %s", (place, beside) => {
  it.each(FORMATS)("says nothing of the rows below it: %s", async (format) => {
    const folder = await temporaryFolder();
    if (beside !== undefined) await below(join(folder, beside), format);
    const { prepared, scored, stored } = await below(join(folder, place), format);
    expect(prepared.violations).toEqual([]);
    expect(Object.keys(prepared.profile.columns)).toEqual(["y", "x", "s"]);
    expect(prepared.profile.columns["x"]).toMatchObject({ min: 1.5, max: 3.5 });
    expect(scored).toMatchObject({
      ids: ["1", "2", "3"],
      labels: [0, 1, 0],
      predictions: [0, 0, 0],
      slices: { s: ["k0", "k1", "k2"] },
      probabilities: { classes: [0, 1], values: Float64Array.of(0.75, 0.25, 0.75, 0.25, 0.75, 0.25) },
      own: { ease: Float64Array.of(0.5, 0.5, 0.5) },
    });
    expect(await joinKept({ prepared, spec: prepared.spec, kept: stored })).toEqual(scored);
  });
});

it("hands on the columns that the file has, below a folder that names others", async () => {
  const { prepared } = await below(join(await temporaryFolder(), "y=1/extra=2"), "csv");
  expect(await text(prepared.featuresFile)).toBe("slipway_id,x,s\n1,1.5,k0\n2,2.5,k1\n3,3.5,k2\n");
  expect(await text(prepared.labelsFile)).toBe("slipway_id,y\n1,0\n2,1\n3,0\n");
});

it("reads columns whose names DuckDB gives to other things", async () => {
  const names = ["filename", "file_row_number", "file_index", "rowid", "json", "file", "h0", "c0"];
  const rows = [Object.fromEntries([["y", "a"], ...names.map((name, n) => [name, n + 0.5])])] as Record<
    string,
    number
  >[];
  for (const [format, content] of Object.entries(await formats(rows))) {
    const file = `t.${format}`;
    const { profile, featuresFile } = await prepareIn(
      await temporaryFolder(),
      { [file]: content },
      { train: file, test: file, label: "y" },
    );
    expect(names.map((name) => profile.columns[name]?.min)).toEqual(names.map((_, n) => n + 0.5));
    if (format === "parquet") expect((await parquetRows(featuresFile))[0]).toMatchObject({ filename: 0.5, rowid: 3.5 });
  }
});

it("is the one door: SQL that reads a file is written in one place", async () => {
  const root = join(import.meta.dirname, "../..");
  const found: string[] = [];
  for (const room of ["core", "api", "cli", "app", "actions"])
    for (const name of await readdir(join(root, room), { recursive: true })) {
      if (!name.endsWith(".ts")) continue;
      if (
        /\b(read_csv|read_json|read_ndjson|read_parquet|parquet_scan|read_text|read_blob)/.test(
          await readFile(join(root, room, name), "utf8"),
        )
      )
        found.push(`${room}/${name}`);
    }
  expect(found).toEqual(["core/data/readers.ts"]);
});
