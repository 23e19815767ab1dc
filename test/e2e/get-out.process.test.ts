import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wrongRows } from "../../core/acts/version-errors.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { modelsRepository, prepared, retrained } from "./models-repository.ts";

/** Version 1 (threshold 40) is in production and called champion; version 2 has threshold 50. */
const two = prepared(async () => {
  const place = await modelsRepository({ shared: true });
  await place.slipway("register", "tiny");
  await place.slipway("promote", "tiny@1", "production");
  await place.slipway("alias", "tiny", "champion", "1");
  await retrained(place, 50);
  await place.slipway("register", "tiny");
  return place;
});

describe("pull", () => {
  it.each([
    ["tiny@2", 2, 50],
    ["tiny", 2, 50],
    ["tiny@production", 1, 40],
    ["tiny#production", 1, 40],
    ["tiny@champion", 1, 40],
  ])("brings what %s names", async (reference, version, threshold) => {
    const place = await two();
    const { code, result } = await place.json("pull", reference);
    const folder = join(place.folder, `tiny-${version}`);
    expect({ code, result }).toMatchObject({ code: 0, result: { outcome: "pulled", version, folder } });
    const model = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
    expect(model).toEqual({ threshold, rows: 100 });
  });

  it("asks which is meant where an alias is called as a stage that holds another version", async () => {
    const place = await two();
    await place.slipway("alias", "tiny", "production", "2");
    const { code, error } = await place.json("pull", "tiny@production");
    expect({ code, error }).toMatchObject({
      code: 2,
      error: {
        code: "VERSION_UNKNOWN",
        problems: [{ found: "the alias production on version 2, the stage production with version 1" }],
      },
    });
    expect((await place.json("pull", "tiny#production")).result.version).toBe(1);
    await place.slipway("alias", "tiny", "production", "1");
    expect((await place.json("pull", "tiny@production", "--to", "same")).result.version).toBe(1);
  });

  it("does nothing again where the files are, and leaves any other folder alone", async () => {
    const place = await two();
    await place.slipway("pull", "tiny@1", "--to", "out");
    expect((await place.json("pull", "tiny@1", "--to", "out")).result.outcome).toBe("unchanged");
    const other = await place.json("pull", "tiny@2", "--to", "out");
    expect({ code: other.code, error: other.error.code }).toEqual({ code: 2, error: "USAGE" });
    await place.write({ "out/notes.txt": "mine" });
    expect((await place.json("pull", "tiny@1", "--to", "out")).code).toBe(2);
    expect((await readdir(join(place.folder, "out"))).sort()).toEqual(["model.json", "notes.txt"]);
  });

  it("is what verify --artifacts names where a file of the right size has other bytes", async () => {
    const place = await two();
    const [file] = (await place.json("show", "tiny@1")).result.manifest?.artifact.files ?? [];
    if (file === undefined) throw new Error("version 1 has no file");
    const path = join(place.folder, ".slipway/store/sha256", file.sha256.slice(0, 2), file.sha256);
    await chmod(path, 0o600);
    await writeFile(path, "x".repeat(file.size));
    const codes = async (...args: string[]) =>
      (await place.json("verify", ...args)).error?.problems.map((problem) => problem.code) ?? [];
    expect(await codes()).toEqual([]);
    expect(new Set(await codes("--artifacts"))).toEqual(new Set(["ARTIFACT_CORRUPT"]));
  });

  it("leaves no folder behind where a byte of the store is not the recorded one, or is gone", async () => {
    const place = await two();
    const artifacts = join(place.folder, ".slipway/store");
    const stored = (await readdir(artifacts, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    for (const { parentPath, name } of stored) {
      await chmod(join(parentPath, name), 0o600);
      await writeFile(join(parentPath, name), "forged");
    }
    const corrupt = await place.json("pull", "tiny@1", "--to", "out");
    expect({ code: corrupt.code, error: corrupt.error.code }).toEqual({ code: 3, error: "ARTIFACT_CORRUPT" });
    await rm(artifacts, { recursive: true });
    expect((await place.json("pull", "tiny@1", "--to", "out")).error.code).toBe("ARTIFACT_MISSING");
    expect((await readdir(place.folder)).filter((name) => /out|pull/.test(name))).toEqual([]);
  });

  it("hands out nothing that its records contradict", async () => {
    const place = await two();
    await place.git("switch", "-q", "registry");
    const path = "models/f2/tiny/model.json";
    await place.write({
      [path]: (await place.read(path)).replace('"version": 1', '"version": 2').replace('"version":1', '"version":2'),
    });
    await place.commit("by hand");
    await place.git("switch", "-q", "main");
    const { code, error } = await place.json("pull", "tiny@production");
    expect({ code: code === 0, error: error.code }).toEqual({ code: false, error: "RECORD_FORGED" });
  });
});

describe("errors", () => {
  it("names the rows that a version got wrong, with label and prediction, and writes nothing", async () => {
    const place = await two();
    const before = await place.git("for-each-ref");
    const { code, result } = await place.json("errors", "tiny@2");
    expect({ code, rows: result.rows, wrong: result.wrong }).toEqual({ code: 0, rows: 100, wrong: 10 });
    expect(result.errors[0]).toEqual({ row: 8, id: "t7", label: "high", prediction: "low" });
    expect(result.errors.map(({ id }) => id)).toEqual([7, 17, 27, 37, 47, 57, 67, 77, 87, 97].map((x) => `t${x}`));
    expect(await place.git("for-each-ref")).toBe(before);
    expect(await place.git("status", "--porcelain")).toBe("");
  });

  it("shows as many as are asked for, and says how many there are", async () => {
    const place = await two();
    const { stdout } = await place.slipway("errors", "tiny@production", "--limit", "3");
    expect(stdout).toContain("18 of 100 test rows wrong");
    expect(stdout).toContain("The first 3 are shown");
    expect(stdout.match(/\bt\d+\b/g)).toHaveLength(3);
  });

  it("shows the largest residuals of a regression, and no label or id that is sensitive", () => {
    const spec = { task: "regression", data: { label: "y", columns: {} } } as unknown as ModelSpec;
    const scored: Scored = {
      ...{ ids: ["a", "b", "c"], task: "regression", labels: [1, 2, 3], predictions: [1, 3, 5] },
      ...{ slices: {}, own: {} },
    };
    expect(wrongRows(scored, spec)).toEqual([
      { row: 3, id: "c", label: 3, prediction: 5, residual: 2 },
      { row: 2, id: "b", label: 2, prediction: 3, residual: 1 },
    ]);
    const hidden = {
      ...spec,
      data: { ...spec.data, columns: { y: { type: "double", sensitive: true } } },
    } as ModelSpec;
    expect(wrongRows(scored, hidden)).toEqual([
      { row: 2, id: "b" },
      { row: 3, id: "c" },
    ]);
    const nameless = { ...spec, data: { label: "y", id: "k", columns: { k: { type: "string", sensitive: true } } } };
    expect(wrongRows(scored, nameless as ModelSpec)[0]).toEqual({ row: 3, label: 3, prediction: 5, residual: 2 });
  });
});

describe("predict", () => {
  const ROWS = "x,id\n12,a\n60,b\n45,c\n";

  it("asks the version's own program and artifact, whatever the work tree holds now", async () => {
    const place = await two();
    await place.write({ "rows.csv": ROWS, "models/tiny/predict.mjs": "process.exit(9)" });
    const live = await place.slipway("predict", "tiny@production", "rows.csv");
    expect(live).toMatchObject({ code: 0, stdout: "slipway_id,prediction\na,low\nb,high\nc,high\n" });
    const latest = await place.slipway("predict", "tiny", "rows.csv");
    expect(latest.stdout).toBe("slipway_id,prediction\na,low\nb,high\nc,low\n");
  });

  it("reads and writes JSON Lines and Parquet, and leaves out what the version does not read", async () => {
    const place = await two();
    await place.write({ "rows.jsonl": '{"id":"a","x":12,"y":"high","z":1}\n{"id":"b","x":60}\n' });
    const parquet = await place.json("predict", "tiny@2", "rows.jsonl", "--out", "out/p.parquet");
    expect({ code: parquet.code, result: parquet.result }).toMatchObject({
      code: 0,
      result: { rows: 2, dropped: ["y", "z"] },
    });
    await place.slipway("predict", "tiny@2", "rows.jsonl", "--out", "p.jsonl");
    expect(await place.read("p.jsonl")).toBe(
      '{"slipway_id":"a","prediction":"low"}\n{"slipway_id":"b","prediction":"high"}\n',
    );
    expect((await readFile(join(place.folder, "out/p.parquet"))).subarray(0, 4).toString()).toBe("PAR1");
  });

  it.each([
    [
      "a column that is missing, with the nearest",
      "X1,id\n1,a\n",
      { code: "DATA_INVALID", message: "the rows lack x" },
    ],
    ["a value that is none of its type", "x,id\n1,a\nmany,b\n", { code: "DATA_INVALID", found: "1 of 2 rows: 2" }],
    ["an id twice", "x,id\n1,a\n2,a\n", { code: "DATA_INVALID", found: "2 of 2 rows: 1, 2" }],
    ["no rows", "x,id\n", { code: "DATA_INVALID", message: "the file has no rows" }],
    ["no CSV", 'x,id\n"1,a\n', { code: "DATA_UNREADABLE" }],
  ])("refuses %s, and writes nothing", async (_, rows, problem) => {
    const place = await two();
    await place.write({ "rows.csv": rows });
    const { code, error } = await place.json("predict", "tiny@2", "rows.csv", "--out", "p.csv");
    expect({ code, problem: error.problems[0] }).toMatchObject({ code: 2, problem });
    expect(await readdir(place.folder)).not.toContain("p.csv");
  });

  it("says so where there is no such file, and where its extension says no format", async () => {
    const place = await two();
    expect((await place.json("predict", "tiny@2", "gone.csv")).error.code).toBe("DATA_MISSING");
    await place.write({ "rows.xlsx": "x" });
    expect((await place.json("predict", "tiny@2", "rows.xlsx")).error.code).toBe("DATA_UNREADABLE");
  });
});
