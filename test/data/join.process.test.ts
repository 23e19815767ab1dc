import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { joinKept, joinPredictions } from "../../core/data/join.ts";
import { parquet, parquetRows, prepare, refusal, temporaryFolder, write } from "./setting.ts";

const ROWS = "row,y,island,when,colony\n007,b,x,2024-01-01,k1\n008,a,,2024-01-02,k1\n010,b,z,2024-01-03,k2\n";
const CLASSES = {
  train: "t.csv",
  test: "t.csv",
  label: "y",
  id: "row",
  group: "colony",
  columns: { row: { type: "string" } },
};

interface Case {
  rows?: string;
  data?: Record<string, unknown>;
  rest?: Record<string, unknown>;
  name?: string;
  scores?: Record<string, string>;
}

/** Prepares rows and joins what a model would have written. */
async function joined(
  predictions: string | Buffer,
  { rows = ROWS, data = CLASSES, rest = {}, name = "p.csv", scores = {} }: Case = {},
) {
  const prepared = await prepare({ "t.csv": rows }, data, rest);
  const files = Object.fromEntries(Object.entries(scores).map(([metric, text]) => [`${metric}.csv`, text]));
  await write(join(prepared.folder, "out"), { [name]: predictions, ...files });
  const result = await joinPredictions({
    prepared,
    spec: prepared.spec,
    predictions: join(prepared.folder, "out", name),
    scores: Object.fromEntries(
      Object.keys(scores).map((metric) => [metric, join(prepared.folder, "out", `${metric}.csv`)]),
    ),
  });
  return { ...result, prepared };
}

const GOOD = "slipway_id,prediction\n010,a\n007,b\n008,a\n";

describe("joined predictions", () => {
  it("stand in the test rows' order with labels, slices and groups", async () => {
    const { scored } = await joined(GOOD, { rest: { slices: ["island"] } });
    expect(scored).toEqual({
      ids: ["007", "008", "010"],
      task: "classification",
      labels: ["b", "a", "b"],
      predictions: ["b", "a", "a"],
      slices: { island: ["x", null, "z"] },
      groups: ["k1", "k1", "k2"],
      own: {},
    });
  });

  it("have slices of the columns that a gate names", async () => {
    const gates = { register: [{ metric: "accuracy", slice: { colony: "k1" }, "at-least": 0.5 }] };
    expect((await joined(GOOD, { rest: { gates } })).scored.slices).toEqual({ colony: ["k1", "k1", "k2"] });
  });

  it("have the times of a split by time, in milliseconds", async () => {
    const data = { source: "t.csv", split: { time: "when", test: "1d" }, label: "y" };
    const { scored } = await joined("slipway_id,prediction\n3,a\n", { data });
    expect(scored.times).toEqual(Float64Array.of(Date.UTC(2024, 0, 3)));
  });

  it("may name a class that no label has: it is just wrong", async () => {
    expect((await joined(GOOD.replace("010,a", "010,new"))).scored.predictions).toEqual(["b", "a", "new"]);
  });

  it.each([
    ["long", "1\n0\n1\n", "True", undefined],
    ["long", "1\n0\n1\n", "1.0", 1],
    ["boolean", "true\nfalse\ntrue\n", "True", true],
    ["boolean", "true\nfalse\ntrue\n", "1", true],
    ["string", "a\n7\n1.0\n", "1.0", "1.0"],
    ["double", "1.5\n2\n3\n", "2", 2],
  ])("are read in the label's type: %s", async (_, labels, text, value) => {
    const rows = `y\n${labels}`;
    const act = joined(`slipway_id,prediction\n1,${text}\n2,${text}\n3,${text}\n`, {
      rows,
      data: { train: "t.csv", test: "t.csv", label: "y" },
    });
    if (value === undefined)
      expect(await refusal(act)).toMatchObject({
        code: "PREDICTIONS_INVALID",
        expected: "a long in each row, as the label is",
      });
    else expect((await act).scored.predictions).toEqual([value, value, value]);
  });

  it("carry probabilities in the sorted order of their classes, whatever the columns' order", async () => {
    const { scored } = await joined(
      "slipway_id,proba_b,prediction,proba_a\n007,0.9,b,0.1\n008,0.2,a,0.8\n010,0.5,b,0.5\n",
    );
    expect(scored.probabilities).toEqual({
      classes: ["a", "b"],
      values: Float64Array.of(0.1, 0.9, 0.8, 0.2, 0.5, 0.5),
    });
  });

  it("match class names to labels in the labels' type, sorted as numbers", async () => {
    const rows = `y\n${Array.from({ length: 11 }, (_, index) => `${index}\n`).join("")}`;
    const header = Array.from({ length: 11 }, (_, index) => `proba_${10 - index}.0`).join(",");
    const body = Array.from({ length: 11 }, (_, index) => `${index + 1},0,${"0,".repeat(10)}1\n`).join("");
    const { scored } = await joined(`slipway_id,prediction,${header}\n${body}`, {
      rows,
      data: { train: "t.csv", test: "t.csv", label: "y" },
    });
    expect(scored.probabilities?.classes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(scored.probabilities?.values[0]).toBe(1);
  });

  it("carry one ranking, or one for each class", async () => {
    const one = await joined("slipway_id,prediction,score\n007,b,3\n008,a,-1\n010,b,0.5\n");
    expect(one.scored.scores).toEqual({ values: Float64Array.of(3, -1, 0.5) });
    const each = await joined("slipway_id,prediction,score_b,score_a\n007,b,3,1\n008,a,-1,2\n010,b,0.5,0\n");
    expect(each.scored.scores).toEqual({ classes: ["a", "b"], values: Float64Array.of(1, 3, 2, -1, 0, 0.5) });
  });

  it("of a Parquet float are what its text says, as labels are", async () => {
    const folder = await temporaryFolder();
    const file = async (name: string, query: string) => {
      await parquet(join(folder, name), query);
      return readFile(join(folder, name));
    };
    const prepared = await prepare(
      { "t.parquet": await file("t.parquet", "SELECT unnest([0.1, 0.3])::FLOAT AS y") },
      { train: "t.parquet", test: "t.parquet", label: "y" },
      { task: "regression" },
    );
    await write(prepared.folder, {
      "p.csv": "slipway_id,prediction\n1,0.1\n2,0.3\n",
      "p.parquet": await file(
        "p.parquet",
        "SELECT unnest([1, 2]) AS slipway_id, unnest([0.1, 0.3])::FLOAT AS prediction",
      ),
    });
    for (const name of ["p.csv", "p.parquet"]) {
      const request = { prepared, spec: prepared.spec, predictions: join(prepared.folder, name), scores: {} };
      const { scored } = await joinPredictions(request);
      expect([scored.labels, scored.predictions]).toEqual([
        [0.1, 0.3],
        [0.1, 0.3],
      ]);
    }
  });

  it("give the positive class in the label's type", async () => {
    const data = { train: "t.csv", test: "t.csv", label: { column: "y", positive: "1" } };
    expect((await joined("slipway_id,prediction\n1,1\n2,0\n", { rows: "y\n1\n0\n", data })).scored.positive).toBe(1);
  });

  it("of a custom task without a label are texts", async () => {
    const { scored } = await joined("slipway_id,prediction\n1,yes\n", {
      rows: "x\n1\n",
      data: { test: "t.csv" },
      rest: { task: "custom", train: undefined },
    });
    expect(scored).toMatchObject({ labels: [], predictions: ["yes"], ids: ["1"] });
  });

  it.each([
    ["long", "id,y\n3,a\n1,b\n", "3.0,a\n1.0,b\n", ["3", "1"]],
    ["double", "id,y\n3.5,a\n1.5,b\n", "1.5,b\n3.5,a\n", ["3.5", "1.5"]],
    ["string", 'id,y\nü,a\n"a,b",b\n', '"a,b",b\nü,a\n', ["ü", "a,b"]],
    [
      "datetime",
      "id,y\n2024-01-01T00:00:00Z,a\n2024-01-02,b\n",
      "2024-01-02,b\n2024-01-01T00:00:00Z,a\n",
      ["2024-01-01T00:00:00Z", "2024-01-02"],
    ],
    ["row number", "z,y\n3,a\n1,b\n", "2,b\n1,a\n", ["1", "2"]],
  ])("are joined by ids that are a %s", async (_, rows, output, ids) => {
    const { scored } = await joined(`slipway_id,prediction\n${output}`, {
      rows,
      data: { train: "t.csv", test: "t.csv", label: "y", id: rows.startsWith("id") ? "id" : undefined },
    });
    expect(scored.ids).toEqual(ids);
    expect(scored.predictions).toEqual(["a", "b"]);
  });
});

describe("predictions are refused", () => {
  const proba = (rows: string) => `slipway_id,prediction,proba_a,proba_b\n${rows}`;
  const cases: [string, string, string][] = [
    [
      "where ids are missing, doubled and unknown, with counts",
      "slipway_id,prediction\n007,a\n007,b\n9,a\n10,a\n",
      "2 missing (008, 010), 1 doubled (007), 2 unknown (9, 10)",
    ],
    ["without an id column", "id,prediction\n007,a\n", "has no column slipway_id"],
    ["without predictions", "slipway_id,value\n007,a\n008,a\n010,a\n", "has no column prediction"],
    ["with an empty one", GOOD.replace("008,a", "008,"), "no prediction that fits in 1 row (008)"],
    [
      "where probabilities leave [0, 1]",
      proba("007,a,1.5,-0.5\n008,a,1,0\n010,a,0,1\n"),
      "a probability outside [0, 1] in 1 row (007)",
    ],
    [
      "where they do not sum to 1",
      proba("007,a,0.5,0.4\n008,a,1,0\n010,a,0,1\n"),
      "probabilities that do not sum to 1 in 1 row (007)",
    ],
    [
      "where one is no number",
      proba("007,a,nan,1\n008,a,1,0\n010,a,x,1\n"),
      "a probability that is not a number in 2 rows (007, 010)",
    ],
    [
      "where a class has no column",
      "slipway_id,prediction,proba_a\n007,a,1\n008,a,1\n010,a,1\n",
      "no proba_<class> column for 1 of the test labels' classes",
    ],
    [
      "with two kinds of score",
      "slipway_id,prediction,score,score_a\n007,a,1,1\n008,a,1,1\n010,a,1,1\n",
      "both score and score_<class>",
    ],
    [
      "with an infinite score",
      "slipway_id,prediction,score\n007,a,inf\n008,a,1\n010,a,1\n",
      "a score that is not a number in 1 row (007)",
    ],
    ["with a ragged row", "slipway_id,prediction\n007,a\n008\n", "not readable as CSV"],
    ["without any row", "slipway_id,prediction\n", "3 missing"],
  ];
  it.each(cases)("%s", async (_, predictions, message) => {
    const found = await refusal(joined(predictions));
    expect(found).toMatchObject({ code: "PREDICTIONS_INVALID", message: expect.stringContaining(message) });
  });

  it("with the way out where ids lost their leading zeros", async () => {
    expect(await refusal(joined("slipway_id,prediction\n7,a\n8,a\n10,a\n"))).toMatchObject({
      hint: expect.stringContaining("leading zeros"),
    });
  });

  it("where a regression's are not finite numbers", async () => {
    const data = { train: "t.csv", test: "t.csv", label: "y" };
    for (const bad of ["nan", "", "many", "inf"]) {
      const act = joined(`slipway_id,prediction\n1,1e-3\n2,${bad}\n`, {
        rows: "y\n1\n2\n",
        data,
        rest: { task: "regression" },
      });
      expect(await refusal(act)).toMatchObject({
        code: "PREDICTIONS_INVALID",
        message: expect.stringContaining("in 1 row (2)"),
      });
    }
  });

  it("where there are far more rows than test rows", async () => {
    const many = `slipway_id,prediction\n${"007,a\n".repeat(2_000)}`;
    expect(await refusal(joined(many))).toMatchObject({ message: expect.stringContaining("more than 1030 rows") });
  });

  it("where the file is a link to something else", async () => {
    const { symlink } = await import("node:fs/promises");
    const prepared = await prepare({ "t.csv": ROWS }, CLASSES);
    const link = join(prepared.folder, "p.csv");
    await symlink("/etc/hostname", link);
    const act = joinPredictions({ prepared, spec: prepared.spec, predictions: link, scores: {} });
    expect(await refusal(act)).toMatchObject({ code: "PREDICTIONS_INVALID" });
  });

  it("where the test rows were changed meanwhile", async () => {
    const prepared = await prepare({ "t.csv": ROWS }, CLASSES);
    await write(prepared.folder, { "p.csv": GOOD, "work/private/test-rows.parquet": "PAR1" });
    const act = joinPredictions({
      prepared,
      spec: prepared.spec,
      predictions: join(prepared.folder, "p.csv"),
      scores: {},
    });
    expect(await refusal(act)).toMatchObject({ message: "The test rows were changed while the model ran." });
  });

  it("without a sensitive label's classes in the message", async () => {
    const data = { ...CLASSES, columns: { ...CLASSES.columns, y: { type: "string", sensitive: true } } };
    const found = await refusal(joined("slipway_id,prediction,proba_a\n007,a,1\n008,a,1\n010,a,1\n", { data }));
    expect(found["found"]).toBe("1 left out");
  });
});

describe("own metrics' scores", () => {
  const own = { metrics: { ease: { run: "node score.mjs", "greater-is-better": true } } };

  it("are joined to the test rows", async () => {
    const scores = { ease: "slipway_id,metric,value\n010,ease,3\n007,ease,1\n008,ease,2.5\n" };
    expect((await joined(GOOD, { rest: own, scores })).scored.own).toEqual({ ease: Float64Array.of(1, 2.5, 3) });
  });

  it.each([
    [
      "of another metric",
      "slipway_id,metric,value\n007,ease,1\n008,other,2\n010,ease,1\n",
      "holds scores of another metric",
    ],
    [
      "that are no numbers",
      "slipway_id,metric,value\n007,ease,1\n008,ease,\n010,ease,inf\n",
      "a score that is not a number in 2 rows (008, 010)",
    ],
    ["for rows that are not there", "slipway_id,metric,value\n007,ease,1\n008,ease,2\n", "1 missing (010)"],
    ["without values", "slipway_id,metric\n007,ease\n", "has no column value"],
  ])("%s are refused", async (_, ease, message) => {
    const found = await refusal(joined(GOOD, { rest: own, scores: { ease } }));
    expect(found).toMatchObject({ code: "SCORES_INVALID", message: expect.stringContaining(message) });
  });
});

describe("stored predictions", () => {
  const proba = "slipway_id,prediction,proba_a,proba_b\n010,b,0.1,0.9\n007,b,0.2,0.8\n008,a,0.7,0.3\n";

  it("are the same bytes whatever the order of rows and columns", async () => {
    const other = "proba_b,slipway_id,prediction,proba_a\n0.3,008,a,0.7\n0.90,010,b,.1\n0.8,007,b,0.2\n";
    const [a, b] = [await joined(proba), await joined(other)];
    expect(sha256(await readFile(a.stored))).toBe(sha256(await readFile(b.stored)));
  });

  it("are sorted by id and canonical", async () => {
    const { stored } = await joined(proba);
    expect(await parquetRows(stored)).toEqual([
      { slipway_id: "007", prediction: "b", proba_a: 0.2, proba_b: 0.8 },
      { slipway_id: "008", prediction: "a", proba_a: 0.7, proba_b: 0.3 },
      { slipway_id: "010", prediction: "b", proba_a: 0.1, proba_b: 0.9 },
    ]);
  });

  it("give the same scored rows again when they are Production's", async () => {
    const rest = { metrics: { ease: { run: "node score.mjs", "greater-is-better": true } }, slices: ["island"] };
    const scores = { ease: "slipway_id,metric,value\n010,ease,3\n007,ease,1\n008,ease,2.5\n" };
    const { scored, stored, prepared } = await joined(proba, { rest, scores });
    const { rename } = await import("node:fs/promises");
    const kept = join(prepared.folder, "blob-without-extension");
    await rename(stored, kept);
    expect(await joinKept({ prepared, spec: prepared.spec, kept })).toEqual(scored);
  });

  it("of other test rows are refused", async () => {
    const { stored } = await joined(proba);
    const prepared = await prepare({ "t.csv": ROWS.replace("010", "011") }, CLASSES);
    expect(await refusal(joinKept({ prepared, spec: prepared.spec, kept: stored }))).toMatchObject({
      code: "PREDICTIONS_INVALID",
      message: expect.stringContaining("1 missing (011), 1 unknown (010)"),
    });
  });
});

it("gives the same scored rows from CSV, Parquet and JSON Lines, test data and predictions alike", async () => {
  const folder = await temporaryFolder();
  const rows = [
    { id: 1, y: true, n: 1.5, at: "2024-01-01T00:00:00Z", s: "x" },
    { id: 2, y: false, n: 2, at: "2024-01-05T00:00:00Z", s: null },
    { id: 3, y: true, n: null, at: "2024-01-06T00:00:00Z", s: "007" },
  ];
  const output = [
    { slipway_id: 3, prediction: true, proba_true: 0.75, proba_false: 0.25 },
    { slipway_id: 2, prediction: false, proba_true: 0.5, proba_false: 0.5 },
  ];
  const csv = (items: Record<string, unknown>[]) =>
    [
      Object.keys(items[0] ?? {}).join(","),
      ...items.map((item) =>
        Object.values(item)
          .map((value) => value ?? "")
          .join(","),
      ),
    ].join("\n");
  const jsonl = (items: Record<string, unknown>[]) => items.map((item) => JSON.stringify(item)).join("\n");
  await write(folder, { "rows.jsonl": jsonl(rows), "output.jsonl": jsonl(output) });
  await parquet(join(folder, "rows.parquet"), `FROM read_json('${folder}/rows.jsonl')`);
  await parquet(join(folder, "output.parquet"), `FROM read_json('${folder}/output.jsonl')`);
  const contents: Record<string, [string | Buffer, string | Buffer]> = {
    csv: [csv(rows), csv(output)],
    jsonl: [jsonl(rows), jsonl(output)],
    parquet: [await readFile(join(folder, "rows.parquet")), await readFile(join(folder, "output.parquet"))],
  };
  const results = [];
  for (const [extension, [data, predictions]] of Object.entries(contents)) {
    const file = `t.${extension}`;
    const columns = { y: { type: "boolean" }, n: { type: "double", nulls: 1 }, s: { type: "string", nulls: 1 } };
    const prepared = await prepare(
      { [file]: data },
      { source: file, split: { time: "at", test: "2d" }, label: "y", id: "id", columns },
      { slices: ["s", "n"] },
    );
    expect(prepared.violations).toEqual([]);
    await write(prepared.folder, { [`p.${extension}`]: predictions });
    const request = { prepared, spec: prepared.spec, predictions: join(prepared.folder, `p.${extension}`), scores: {} };
    results.push((await joinPredictions(request)).scored);
  }
  expect(results[0]).toMatchObject({
    ids: ["2", "3"],
    labels: [false, true],
    slices: { s: [null, "007"], n: ["2", null] },
  });
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});
