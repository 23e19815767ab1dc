import { describe, expect, it } from "vitest";
import { modelsRepository } from "./models-repository.ts";
import { FILES, SPEC } from "./tiny-model.ts";

const SCORE = `import { readFileSync, writeFileSync } from "node:fs";
const { SLIPWAY_PREDICTIONS, SLIPWAY_SCORES } = process.env;
const [, ...rows] = readFileSync(SLIPWAY_PREDICTIONS, "utf8").trim().split("\\n");
const lines = rows.map((row) => row.split(",")[0] + ",short," + (row.length < 8 ? 1 : 0));
writeFileSync(SLIPWAY_SCORES, ["slipway_id,metric,value", ...lines, ""].join("\\n"));
`;

/** A rule: x below 50 is low. The artifact is the code. */
const RULE = FILES["predict.mjs"].replace(/const \{ threshold \}.*/, "const threshold = 50;");

/** Ten rows a day for 40 days, x = 0 … 399; `y` is twice x, and every group has a day's rows. */
function days(): string {
  const lines = Array.from({ length: 400 }, (_, x) => {
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(x / 10))).toISOString().slice(0, 10);
    return `${day},d${Math.floor(x / 10)},${x},${2 * x + (x % 3)}`;
  });
  return ["seen_at,day,x,y", ...lines, ""].join("\n");
}

const DOUBLE = FILES["predict.mjs"]
  .replace(/const \{ threshold \}.*/, "")
  .replace(/\(Number\(row\[x\]\).*?"high"\)/, "2 * Number(row[x])");

it("evaluates a custom model without training by a metric of its own, and keeps its code as the artifact", async () => {
  const place = await modelsRepository({
    files: { "models/tiny/predict.mjs": RULE, "models/tiny/score.mjs": SCORE },
    policy: { gates: undefined, metrics: undefined },
  });
  await place.spec({
    task: "custom",
    data: { test: "data/test.csv", id: "id", label: "y" },
    train: undefined,
    metrics: { short: { run: "node score.mjs", "greater-is-better": true } },
    gates: { register: [{ metric: "short", "at-least": 0.5 }] },
  });
  await place.commit();
  const { code, result, error } = await place.json("register", "tiny");
  expect(error).toBeUndefined();
  expect({ code, manifest: result.manifest }).toMatchObject({
    code: 0,
    manifest: { task: "custom", artifact_from: "code" },
  });
  expect(result.manifest?.artifact.files.map(({ path }) => path)).toContain("models/tiny/predict.mjs");
  expect(result.manifest?.evaluation.metrics["short"]).toMatchObject({ greater_is_better: true });
});

it("splits one source by time with a gap, for regression, with blocks of time for its intervals", async () => {
  const place = await modelsRepository({
    files: { "models/tiny/data/all.csv": days(), "models/tiny/predict.mjs": DOUBLE },
    policy: { gates: undefined, metrics: undefined },
  });
  await place.spec({
    task: "regression",
    data: {
      source: "data/all.csv",
      split: { time: "seen_at", test: "10d", gap: "2d" },
      label: "y",
      columns: { seen_at: { type: "datetime" } },
    },
    metrics: { mae: { metric: "mean_absolute_error" } },
    gates: { register: [{ metric: "mae", "at-most": 1.5 }] },
  });
  await place.commit();
  const { code, result, error } = await place.json("register", "tiny");
  expect(error).toBeUndefined();
  const { train, test } = result.manifest?.data ?? {};
  expect({ code, train: train?.rows, test: test?.rows }).toEqual({ code: 0, train: 280, test: 100 });
  expect(result.manifest?.evaluation.method.unit).toBe("time-block");
  expect(result.manifest?.evaluation.metrics["mae"]?.value).toBeCloseTo(0.99, 6);
});

it("bounds by groups where rows belong together", async () => {
  const place = await modelsRepository({
    files: {
      "models/tiny/data/train.csv": `${days()}2026-02-10,d40,400,800\n`,
      "models/tiny/data/test.csv": days(),
      "models/tiny/predict.mjs": DOUBLE,
    },
    policy: { gates: undefined, metrics: undefined },
  });
  await place.spec({
    task: "regression",
    data: { train: "data/train.csv", test: "data/test.csv", label: "y", group: "day" },
    metrics: { rmse: { metric: "root_mean_squared_error" } },
    gates: {},
  });
  const { result } = await place.json("run", "tiny");
  expect(result.runs[0]?.problem).toBeUndefined();
  expect(result.runs[0]?.evaluation?.method).toMatchObject({ unit: "group", units: 40 });
});

it("runs changed models side by side, tells their output apart, and leaves the others alone", async () => {
  const place = await modelsRepository();
  for (const name of ["ape", "bee"]) await place.addModel(name);
  await place.commit();
  for (const name of ["ape", "bee"]) await place.spec({ train: { ...SPEC.train, params: { threshold: 45 } } }, name);
  const { code, stdout, stderr } = await place.slipway("run", "--changed", "--jobs", "2");
  expect(code).toBe(0);
  for (const name of ["ape", "bee"]) expect(stderr).toMatch(new RegExp(`^.*${name}.*trained on 100 rows$`, "m"));
  expect(stderr).not.toContain("tiny");
  expect(stdout.match(/^whole report: /gm)).toHaveLength(2);
  expect(stdout).toMatch(/\n\n✓ ape {2}All 3 gates pass .*; accuracy 0\.\d+\n✓ bee {2}All 3 gates pass .*\n$/);
});

it("registers with a line alone where no report is wanted", async () => {
  const place = await modelsRepository();
  const { code, stdout } = await place.slipway("register", "tiny", "--quiet");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "✓ tiny version 1 is registered (trained for it)\n" });
});

describe("run ends as the verdict of its report says:", () => {
  const failing = { gates: { production: [{ metric: "accuracy", "at-least": 0.99 }] } };

  it("with exit code 1 and the gate where one fails", async () => {
    const place = await modelsRepository({ spec: failing });
    const { code, error, result } = await place.json("run", "tiny");
    expect({ code, error: error.code, runs: result.runs.length }).toEqual({ code: 1, error: "GATE_FAILED", runs: 1 });
    expect(error.message).toBe("tiny: Would not be promoted to production: 1 of 2 gates fails");
    expect(error.problems[0]?.message).toBe("accuracy: expected at least 0.99, found 0.82");
  });

  it("with exit code 1 where one is inconclusive", async () => {
    const gates = { register: [{ metric: "accuracy", "at-least": 0.8, "min-rows": 1000 }] };
    const place = await modelsRepository({ spec: { gates } });
    const { code, error } = await place.json("run", "tiny");
    expect({ code, error: error.code }).toEqual({ code: 1, error: "GATE_INCONCLUSIVE" });
  });

  it("with exit code 0 for --no-gate, but not where the run itself failed", async () => {
    const place = await modelsRepository({ spec: failing });
    expect((await place.json("run", "tiny", "--no-gate")).code).toBe(0);
    await place.addModel("bad", { train: { run: "exit 4" } });
    expect((await place.json("run", "bad", "--no-gate")).code).toBe(2);
  });

  it("with the worst of several, a line for each", async () => {
    const place = await modelsRepository({ spec: failing });
    await place.addModel("good");
    await place.addModel("bad", { train: { run: "exit 4" } });
    const { code, stdout, stderr } = await place.slipway("run", "tiny", "good", "bad", "-q");
    expect(code).toBe(2);
    expect(stdout.split("\n")).toEqual([
      "✗ tiny  Would not be promoted to production: 1 of 2 gates fails; accuracy 0.82",
      "✓ good  All 3 gates pass (register, production); accuracy 0.82",
      expect.stringMatching(/^✗ bad {3}The run failed: `exit 4`/),
      "",
    ]);
    expect(stderr).toContain("1 model failed; tiny: Would not be promoted to production: 1 of 2 gates fails");
  });
});

describe("run without a name", () => {
  it("runs what changed", async () => {
    const place = await modelsRepository();
    await place.addModel("other");
    const { code, result } = await place.json("run");
    expect({ code, ran: result.runs.map(({ model }) => model), unchanged: result.unchanged }).toEqual({
      ...{ code: 0, ran: ["other"], unchanged: 1 },
    });
  });

  it("says that nothing changed, since when, and how to run a model all the same", async () => {
    const place = await modelsRepository();
    const commit = await place.git("rev-parse", "--short=10", "HEAD");
    const { code, stdout } = await place.slipway("run");
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `nothing has changed since ${commit}: nothing to run; slipway run <model> runs one all the same\n`,
    });
  });

  it("runs all there is before the first commit", async () => {
    const place = await modelsRepository({ uncommitted: true });
    const { code, result } = await place.json("run");
    expect({ code, ran: result.runs.map(({ model }) => model) }).toEqual({ code: 0, ran: ["tiny"] });
  });
});

it("tells which of several models failed, and still reports the others", async () => {
  const place = await modelsRepository();
  await place.addModel("bad", { train: { run: "exit 4" } });
  const { code, error, result } = await place.json("run", "tiny", "bad");
  expect({ code, error: error.problems }).toMatchObject({
    code: 2,
    error: [{ code: "COMMAND_FAILED", message: /^bad: `exit 4`/ }],
  });
  expect(result.runs.map(({ model, outcome }) => [model, outcome])).toEqual([
    ["tiny", "succeeded"],
    ["bad", "failed"],
  ]);
});

it("names a changed model that cannot be run, and still runs the others", async () => {
  const place = await modelsRepository();
  await place.addModel("bad");
  await place.commit();
  await place.spec({ data: { ...SPEC.data, train: "data/gone.csv" } }, "bad");
  await place.spec({ train: { ...SPEC.train, params: { threshold: 45 } } });
  const { code, error, result } = await place.json("run", "--changed");
  expect({ code, problems: error.problems }).toMatchObject({
    code: 2,
    problems: [{ code: "DATA_MISSING", message: expect.stringMatching(/^bad: .*gone\.csv/), line: expect.any(Number) }],
  });
  expect(result.runs.map(({ model, outcome }) => [model, outcome])).toEqual([["tiny", "succeeded"]]);
});

it("lets no model that is refused before it starts hold up another", async () => {
  const place = await modelsRepository();
  await place.addModel("elsewhere", { train: { ...SPEC.train, "runs-on": "gpu" } });
  const { code, error, result } = await place.json("run", "elsewhere", "tiny");
  expect({ code, error: error.code }).toEqual({ code: 2, error: "UNSUPPORTED" });
  expect(result.runs.map(({ model, outcome }) => [model, outcome])).toEqual([["tiny", "succeeded"]]);
});

it("finds the files that rows name, also where a version is registered and compared", async () => {
  const rows = (name: string) => [
    "id,x,y,note",
    ...Array.from({ length: 40 }, (_, x) => `${name}${x},${x * 2},${x < 25 ? "low" : "high"},notes/a.txt`),
  ];
  const place = await modelsRepository({
    files: {
      "models/tiny/data/train.csv": `${rows("a").join("\n")}\n`,
      "models/tiny/data/test.csv": `${rows("t").join("\n")}\n`,
      "models/tiny/data/notes/a.txt": "seen",
    },
  });
  const columns = { ...SPEC.data.columns, note: { type: "file" } };
  await place.spec({ data: { ...SPEC.data, columns } });
  await place.commit();
  expect(await place.json("register", "tiny")).toMatchObject({ code: 0, result: { outcome: "registered" } });
  expect(await place.json("promote", "tiny", "production")).toMatchObject({ code: 0 });
});
