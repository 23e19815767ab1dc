import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { joinKept, joinPredictions } from "../../core/data/join.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { type Files, parquet, prepare, prepareIn, refusal, temporaryFolder, write } from "./setting.ts";

interface Case {
  files: Files;
  data?: Record<string, unknown>;
  rest?: Record<string, unknown>;
  /** The file of the predictions by name. */
  out: Files;
}

/** What is scored of test rows in `t.*` and predictions in `p.*`, and of the kept predictions again. */
async function scoredOf({ files, data = {}, rest = {}, out }: Case) {
  const [file = ""] = Object.keys(files);
  const prepared = await prepare(files, { train: file, test: file, label: "y", ...data }, rest);
  const [name = ""] = Object.keys(out);
  await write(prepared.folder, out);
  const { spec } = prepared;
  const { scored, stored } = await joinPredictions({
    ...{ prepared, spec, predictions: join(prepared.folder, name), scores: {} },
  });
  expect(await joinKept({ prepared, spec, kept: stored })).toEqual(scored);
  const { metrics, slices } = evaluateMetrics(scored, {
    ...{ metrics: spec.metrics, slices: spec.slices ?? [], levels: [], resamples: 0, seed: 1 },
  });
  return { scored, slices, accuracy: metrics["accuracy"]?.value, violations: prepared.violations };
}

const csv = (name: string, header: string, rows: readonly string[]): Files => ({
  [name]: `${[header, ...rows].join("\n")}\n`,
});
const predicted = (values: readonly string[]) =>
  csv(
    "p.csv",
    "slipway_id,prediction",
    values.map((value, n) => `${n + 1},${value}`),
  );

const made = (files: Files | (() => Promise<Files>)) => (typeof files === "function" ? files() : files);

async function parquetFile(name: string, query: string): Promise<Files> {
  const folder = await temporaryFolder();
  await parquet(join(folder, name), query);
  return { [name]: await readFile(join(folder, name)) };
}

describe("labels that look like one number to a double", () => {
  it.each([
    ["past 64 bits", "20000000000000000001", "20000000000000000002"],
    ["past 2^64 by one", "18446744073709551616", "18446744073709551617"],
    ["with exponents", "1E5", "10E4"],
    ["with leading zeros", "01", "1"],
    ["beside a text", "1.10", "1.1\nx"],
  ])("are compared as they are written: %s", async (_, right, wrong) => {
    const rows = [right, ...wrong.split("\n")];
    const flipped = predicted([wrong.split("\n")[0] as string, ...rows.slice(1)]);
    expect((await scoredOf({ files: csv("t.csv", "y", rows), out: flipped })).accuracy).toBeCloseTo(
      (rows.length - 1) / rows.length,
    );
    expect((await scoredOf({ files: csv("t.csv", "y", rows), out: predicted(rows) })).accuracy).toBe(1);
  });

  it("are compared exactly in JSON Lines", async () => {
    for (const [a, b] of [
      ["20000000000000000001", "20000000000000000002"],
      ["18446744073709551615", "18446744073709551614"],
    ]) {
      const lines = (name: string, values: (string | undefined)[], id: boolean): Files => ({
        [name]: values.map((value, n) => `{${id ? `"slipway_id":${n + 1},"prediction"` : `"y"`}:${value}}\n`).join(""),
      });
      const found = await scoredOf({ files: lines("t.jsonl", [a, b], false), out: lines("p.jsonl", [a, a], true) });
      expect(found.accuracy).toBe(0.5);
    }
  });

  it("are compared exactly in Parquet, whatever their type", async () => {
    for (const type of ["DECIMAL(38,0)", "UBIGINT", "VARCHAR"]) {
      const [a, b] =
        type === "UBIGINT"
          ? ["18446744073709551615", "18446744073709551614"]
          : ["20000000000000000001", "20000000000000000002"];
      const files = await parquetFile("t.parquet", `SELECT unnest(['${a}', '${b}'])::${type} AS y`);
      expect((await scoredOf({ files, out: predicted([a, a]) })).accuracy).toBe(0.5);
      expect((await scoredOf({ files, out: predicted([a, b]) })).accuracy).toBe(1);
    }
  });

  it("are refused as fractions, with what to do", async () => {
    for (const columns of [undefined, { y: { type: "double" } }]) {
      const { violations } = await prepare(csv("t.csv", "y", ["1.10", "1.1", "2"]), {
        train: "t.csv",
        test: "t.csv",
        label: "y",
        columns,
      });
      expect(violations).toMatchObject([
        { set: "train", check: "label", column: "y", count: 2, expected: expect.stringContaining("string") },
        { set: "test" },
      ]);
    }
    const named = await scoredOf({
      files: csv("t.csv", "y", ["1.10", "1.1", "2"]),
      data: { columns: { y: { type: "string" } } },
      out: predicted(["1.1", "1.1", "2"]),
    });
    expect(named).toMatchObject({ accuracy: 2 / 3, violations: [] });
  });

  it("of a custom task are classes where a metric takes them for classes, and numbers otherwise", async () => {
    const files = csv("t.csv", "y", ["1.5", "2.25"]);
    const kinds = (metric: string) =>
      prepare(files, { test: "t.csv", label: "y" }, { task: "custom", train: undefined, metrics: { it: { metric } } });
    expect((await kinds("accuracy_score")).violations).toMatchObject([{ check: "label" }]);
    expect((await kinds("mean_absolute_error")).violations).toEqual([]);
  });
});

describe("whole numbers as labels match however they are written", () => {
  const whole: [string, Files | (() => Promise<Files>), Files | (() => Promise<Files>)][] = [
    ["1 in the data, 1.0 predicted", csv("t.csv", "y", ["1", "0"]), predicted(["1.0", "0.0"])],
    ["1.0 in the data, 1 predicted", csv("t.csv", "y", ["1.0", "0.0"]), predicted(["1", "0"])],
    ["1.0 and 1 in the data", csv("t.csv", "y", ["1.0", "0"]), predicted(["1", "0.0"])],
    ["a Parquet double", () => parquetFile("t.parquet", "SELECT unnest([1, 0])::DOUBLE AS y"), predicted(["1", "0.0"])],
    ["a Parquet float", () => parquetFile("t.parquet", "SELECT unnest([1, 0])::FLOAT AS y"), predicted(["1", "0.0"])],
    [
      "a Parquet decimal",
      () => parquetFile("t.parquet", "SELECT unnest([1, 0])::DECIMAL(38,2) AS y"),
      predicted(["1", "0.0"]),
    ],
    [
      "a Parquet decimal of integers",
      () => parquetFile("t.parquet", "SELECT unnest([1, 0])::DECIMAL(38,0) AS y"),
      predicted(["1", "0.0"]),
    ],
    [
      "a Parquet unsigned",
      () => parquetFile("t.parquet", "SELECT unnest([1, 0])::UBIGINT AS y"),
      predicted(["1", "0.0"]),
    ],
    [
      "JSON's 1.0",
      { "t.jsonl": '{"y":1.0}\n{"y":0}\n' },
      { "p.jsonl": '{"slipway_id":1,"prediction":1}\n{"slipway_id":2,"prediction":0.0}\n' },
    ],
    [
      "predicted as a Parquet double",
      csv("t.csv", "y", ["1", "0"]),
      () => parquetFile("p.parquet", "SELECT unnest([1, 2]) AS slipway_id, unnest([1, 0])::DOUBLE AS prediction"),
    ],
    ["minus zero", csv("t.csv", "y", ["1", "0"]), predicted(["1", "-0.0"])],
  ];
  it.each(whole)("%s", async (_, files, out) => {
    expect(await scoredOf({ files: await made(files), out: await made(out) })).toMatchObject({
      accuracy: 1,
      violations: [],
      scored: { labels: [1, 0], predictions: [1, 0] },
    });
  });

  it("True in the predictions is a Parquet label's true", async () => {
    const files = await parquetFile("t.parquet", "SELECT unnest([true, false]) AS y");
    expect(await scoredOf({ files, out: predicted(["True", "False"]) })).toMatchObject({ accuracy: 1 });
  });

  it("but no number past what a double holds exactly is taken for another", async () => {
    const act = scoredOf({ files: csv("t.csv", "y", ["1", "0"]), out: predicted(["9007199254740993", "0"]) });
    expect(await refusal(act)).toMatchObject({
      code: "PREDICTIONS_INVALID",
      message: expect.stringContaining("in 1 row (1)"),
    });
    const classes = { "p.csv": "slipway_id,prediction,proba_0,proba_9007199254740993\n1,0,1,0\n2,0,1,0\n" };
    expect(await refusal(scoredOf({ files: csv("t.csv", "y", ["1", "0"]), out: classes }))).toMatchObject({
      message: expect.stringContaining("whose class is not a long"),
    });
  });
});

describe("ids", () => {
  const twenty = ["20000000000000000001", "20000000000000000002"];
  const columns = (type: string) => ({ row: { type } });

  it.each([
    ["of twenty digits", twenty, undefined],
    ["of twenty digits declared as double", twenty, columns("double")],
    ["with exponents", ["1E5", "10E4"], undefined],
    ["with a fraction", ["1.1", "1.10"], undefined],
  ])("%s do not repeat, and are not leaked", async (_, ids, declared) => {
    const [a, b] = ids;
    const data = { train: "a.csv", test: "t.csv", label: "y", id: "row", columns: declared };
    const rows = (...values: string[]) =>
      csv(
        "",
        "row,y",
        values.map((id) => `${id},x`),
      )[""] as string;
    const apart = await prepare({ "a.csv": rows(a as string), "t.csv": rows(b as string) }, data);
    expect(apart.violations).toEqual([]);
    const together = await prepare({ "a.csv": rows("7.5"), "t.csv": rows(a as string, b as string) }, data);
    expect(together.violations).toEqual([]);
    const leaked = await prepare({ "a.csv": rows(a as string), "t.csv": rows(a as string) }, data);
    expect(leaked.violations).toMatchObject([{ check: "id", expected: "ids that are not in the training data" }]);
  });

  it("that are Parquet decimals stay apart, and join", async () => {
    const files = await parquetFile(
      "t.parquet",
      `SELECT unnest(['${twenty[0]}', '${twenty[1]}'])::DECIMAL(38,0) AS row, unnest([1, 0]) AS y`,
    );
    const out = csv("p.csv", "slipway_id,prediction", [`${twenty[1]},1`, `${twenty[0]},1`]);
    const found = await scoredOf({
      files,
      data: { train: undefined, id: "row" },
      rest: { task: "custom", train: undefined },
      out,
    });
    expect(found).toMatchObject({ accuracy: 0.5, violations: [], scored: { ids: twenty } });
  });

  it("that are whole are one whether they are written 7 or 7.0", async () => {
    const data = { train: "a.csv", test: "t.csv", label: "y", id: "row" };
    const { violations } = await prepare({ "a.csv": "row,y\n7.0,x\n", "t.csv": "row,y\n7,x\n" }, data);
    expect(violations).toMatchObject([{ set: "test", check: "id" }]);
  });

  it("past 2^53 join through JSON Lines", async () => {
    const rows = '{"row":9007199254740993,"y":1}\n{"row":9007199254740992,"y":0}\n';
    const out = {
      "p.jsonl": '{"slipway_id":9007199254740993,"prediction":1}\n{"slipway_id":9007199254740992,"prediction":0}\n',
    };
    const found = await scoredOf({
      files: { "t.jsonl": rows },
      data: { train: undefined, id: "row" },
      rest: { task: "custom", train: undefined },
      out,
    });
    expect(found).toMatchObject({ accuracy: 1, violations: [] });
  });
});

describe("groups and slices", () => {
  const rows = ["1.1,20000000000000000001", "1.10,20000000000000000002", "1.1,20000000000000000001"].map(
    (row, n) => `a,${row},${n}`,
  );

  it("are told apart by their text", async () => {
    const found = await scoredOf({
      files: csv("t.csv", "y,version,colony,x", rows),
      data: { group: "colony" },
      rest: { slices: ["version"] },
      out: predicted(["a", "b", "a"]),
    });
    expect(found.scored.groups).toEqual(["20000000000000000001", "20000000000000000002", "20000000000000000001"]);
    expect(found.slices).toMatchObject([
      { slice: { version: "1.1" }, rows: 2, metrics: { accuracy: { value: 1 } } },
      { slice: { version: "1.10" }, rows: 1, metrics: { accuracy: { value: 0 } } },
    ]);
  });

  it("of whole numbers past 2^53 are told apart", async () => {
    const found = await scoredOf({
      files: csv("t.csv", "y,shop", ["a,9007199254740993", "a,9007199254740992", "a,5"]),
      rest: { slices: ["shop"] },
      out: predicted(["a", "b", "a"]),
    });
    expect(found.slices).toMatchObject([
      { slice: { shop: 5 }, rows: 1 },
      { slice: { shop: "9007199254740992" }, rows: 1, metrics: { accuracy: { value: 0 } } },
      { slice: { shop: "9007199254740993" }, rows: 1, metrics: { accuracy: { value: 1 } } },
    ]);
  });

  it("of moments are told apart to the microsecond", async () => {
    const found = await scoredOf({
      files: csv("t.csv", "y,at", ["a,2024-01-01T00:00:00.25Z", "a,2024-01-01T00:00:00.5Z", "a,2024-01-01"]),
      rest: { slices: ["at"] },
      out: predicted(["a", "a", "a"]),
    });
    expect(found.slices.map(({ slice }) => slice["at"])).toEqual([
      "2024-01-01",
      "2024-01-01T00:00:00.250000Z",
      "2024-01-01T00:00:00.500000Z",
    ]);
  });

  it.each([
    [
      "Parquet",
      () => parquetFile("t.parquet", "SELECT 'a' AS y, unnest([make_timestamp_ns(1), make_timestamp_ns(2)]) AS at"),
    ],
    ["CSV", () => csv("t.csv", "y,at", ["a,2024-01-01T00:00:00.0000001", "a,2024-01-01T00:00:00.0000002"])],
  ])("of moments that share a microsecond are told apart by their texts: %s", async (_, files) => {
    const found = await scoredOf({ files: await files(), rest: { slices: ["at"] }, out: predicted(["a", "b"]) });
    expect(found.slices.map(({ metrics }) => metrics["accuracy"]?.value)).toEqual([1, 0]);
  });

  it("of a Parquet float have its own text", async () => {
    const found = await scoredOf({
      files: await parquetFile("t.parquet", "SELECT 'a' AS y, unnest([0.1, 0.25, 3])::FLOAT AS ratio"),
      rest: { slices: ["ratio"] },
      out: predicted(["a", "a", "a"]),
    });
    expect(found.slices.map(({ slice }) => slice)).toEqual([{ ratio: "0.1" }, { ratio: "0.25" }, { ratio: "3" }]);
  });
});

it("keeps features numbers where they are no one's name", async () => {
  const { signature } = await prepareIn(await temporaryFolder(), csv("t.csv", "y,a,b", ["x,1.10,1E5", "x,2,1"]), {
    train: "t.csv",
    test: "t.csv",
    label: "y",
  });
  expect(signature.inputs.map(({ type }) => type)).toEqual(["double", "double"]);
});
