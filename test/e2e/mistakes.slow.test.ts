import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelsRepository, type Place } from "./models-repository.ts";
import { processes } from "./processes.ts";
import { FILES, SPEC, tinyRows } from "./tiny-model.ts";

type Mistake = NonNullable<Parameters<typeof modelsRepository>[0]>;
const MODEL = "models/tiny/";

/** What `slipway run tiny` answers to a mistake. */
async function running(mistake: Mistake, ...options: string[]) {
  const place = await modelsRepository(mistake);
  const answer = await place.json("run", "tiny", ...options);
  return { ...answer, place, problem: answer.error?.problems[0] };
}

/** The line of the spec that holds a text. */
async function placeOf(place: Place, text: string) {
  const lines = (await place.read(`${MODEL}model.yaml`)).split("\n");
  return { file: `${MODEL}model.yaml`, line: lines.findIndex((line) => line.includes(text)) + 1 };
}

const data = (changes: object) => ({ spec: { data: { ...SPEC.data, ...changes } } });
const predicting = (lines: string): Mistake => ({
  files: {
    [`${MODEL}predict.mjs`]: FILES["predict.mjs"].replace(
      /writeFileSync\(SLIPWAY_PREDICTIONS.*/,
      (write) => `${lines}\n${write}`,
    ),
  },
});

describe("of data", () => {
  it("names the label column that is not there, and those that are", async () => {
    const { code, problem } = await running(data({ label: "species" }));
    expect(code).toBe(2);
    expect(problem?.found).toContain(
      "train.species: label: expected the label column, found no such column; there are id, x, y",
    );
    expect(problem?.hint).toContain("under `data`");
  });

  it("names a declared column that is missing, with the nearest one", async () => {
    const { problem } = await running(data({ columns: { ...SPEC.data.columns, X: { type: "double" } } }));
    expect(problem?.found).toContain(
      "test.X: missing: expected a column, as declared, found no such column; did you mean x?",
    );
  });

  it("counts values out of range, with their rows' ids and never the values", async () => {
    const { result, problem } = await running(data({ columns: { x: { type: "double", max: 97 } } }));
    expect(result.runs[0]?.violations).toMatchObject([
      { set: "train", column: "x", check: "max", count: 2, rows: ["a98", "a99"] },
      { set: "test", column: "x", check: "max", count: 2, rows: ["t98", "t99"] },
    ]);
    expect(problem?.code).toBe("DATA_INVALID");
  });

  it("names a file that is not what its name says at check, before anything runs", async () => {
    const files = { [`${MODEL}data/train.csv`]: "id;x;y\n1;2;3\n" };
    const place = await modelsRepository({ files });
    const { code, error } = await place.json("check");
    expect(code).toBe(2);
    expect(error?.problems).toMatchObject([
      {
        code: "DATA_UNREADABLE",
        file: `${MODEL}data/train.csv`,
        line: 1,
        message: expect.stringContaining("semicolons"),
      },
    ]);
  });

  it("names a pointer of Git LFS at check and at register, and registers once its content is here", async () => {
    const content = tinyRows("a");
    const oid = createHash("sha256").update(content).digest("hex");
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
    const place = await modelsRepository({ files: { [`${MODEL}data/train.csv`]: pointer } });
    for (const answer of [await place.json("check"), await place.json("register", "tiny")]) {
      expect(answer.code).toBe(2);
      expect(answer.error.problems[0]?.hint).toContain("git lfs pull");
      expect(answer.error.problems[0]?.file).toBe(`${MODEL}data/train.csv`);
    }
    const object = join(".git/lfs/objects", oid.slice(0, 2), oid.slice(2, 4), oid);
    await place.write({ [object]: content });
    expect(await place.json("register", "tiny")).toMatchObject({ code: 0 });
  });

  it("names labels that are no classes at their line, before training", async () => {
    const spec = { data: { ...SPEC.data, label: "x", columns: undefined } };
    const rows = tinyRows("a").replaceAll(/,(\d+),/g, ",$1.5,");
    const files = { [`${MODEL}data/train.csv`]: rows, [`${MODEL}data/test.csv`]: rows.replaceAll("\na", "\nt") };
    const { problem, result, place } = await running({ spec: JSON.parse(JSON.stringify(spec)), files });
    expect(problem).toMatchObject({ code: "DATA_INVALID", found: expect.stringContaining("whole numbers") });
    expect(problem).toMatchObject(await placeOf(place, "label: x"));
    expect(result.runs[0]?.steps.map(({ step }) => step)).toEqual(["validate"]);
  });

  it("names a metric that the labels cannot have at its line, before training", async () => {
    const spec = {
      data: { ...SPEC.data, columns: { x: { type: "double" } } },
      metrics: { f1: { metric: "f1_score" } },
    };
    const { problem, result, place } = await running({
      spec: { ...spec, gates: {} },
      policy: { metrics: {}, gates: {} },
    });
    expect(problem).toMatchObject({ code: "METRIC_UNFIT", hint: expect.stringContaining("positive") });
    expect(problem).toMatchObject(await placeOf(place, "metric: f1_score"));
    expect(result.runs[0]?.steps.map(({ step }) => step)).toEqual(["validate"]);
  });

  it("names a metric without its probabilities at its line, right after the first prediction", async () => {
    const metrics = { accuracy: { metric: "accuracy_score" }, loss: { metric: "log_loss" } };
    const gates = { register: [{ metric: "predict_ms_per_row", "at-most": 1_000 }] };
    const { problem, result, place } = await running({ spec: { metrics, gates } });
    expect(problem).toMatchObject({ code: "PREDICTIONS_INVALID", found: "`prediction` alone" });
    expect(problem).toMatchObject(await placeOf(place, "metric: log_loss"));
    const [run] = result.runs;
    expect(run?.steps.map(({ step, outcome }) => `${step} ${outcome}`).slice(-1)).toEqual(["predict failed"]);
    expect(await readdir(join(place.folder, ".slipway/runs", run?.run ?? "", "logs"))).toEqual([
      "predict.log",
      "train.log",
    ]);
  });

  it("refuses remote data that is not pinned, at its line", async () => {
    const { problem } = await running(data({ train: "https://data.invalid/train.csv" }));
    expect(problem).toMatchObject({
      code: "DATA_NOT_PINNED",
      file: "models/tiny/model.yaml",
      line: 4,
      hint: /slipway lock/,
    });
  });

  it("refuses pinned data that has changed", async () => {
    const place = await modelsRepository({ name: "repo" });
    await place.write({ "../remote.csv": tinyRows("a") });
    await place.spec({ data: { ...SPEC.data, train: `file://${place.root}/remote.csv` } });
    expect((await place.json("lock", "tiny")).result.models).toMatchObject([{ uris: 1, changed: true }]);
    expect((await place.slipway("run", "tiny")).code).toBe(0);
    await place.write({ "../remote.csv": tinyRows("b") });
    const { code, error } = await place.json("run", "tiny");
    expect({ code, error }).toMatchObject({
      code: 2,
      error: { code: "DATA_CHANGED", problems: [{ hint: /slipway lock/ }] },
    });
  });

  it("says why an address could not be fetched", async () => {
    const place = await modelsRepository(data({ train: "https://data.invalid/train.csv" }));
    const { code, error } = await place.json("lock", "tiny");
    expect({ code, found: error.problems[0]?.found }).toEqual({
      code: 3,
      found: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });
});

describe("of a spec", () => {
  it.each<[string, Mistake, object]>([
    [
      "a metric that there is not",
      { spec: { metrics: { accuracy: { metric: "acuracy_score" } } } },
      { code: "UNKNOWN_METRIC", line: 27, hint: "did you mean accuracy_score?" },
    ],
    [
      "a metric's short name",
      { spec: { metrics: { accuracy: { metric: "f1" } } } },
      { code: "UNKNOWN_METRIC", hint: "did you mean f1_score?" },
    ],
    [
      "a binary average of a text label without a positive class",
      { spec: { metrics: { ...SPEC.metrics, f1: { metric: "f1_score" } } } },
      { code: "METRIC_UNFIT", file: "models/tiny/model.yaml", hint: expect.stringContaining("positive:") },
    ],
    [
      "a container image",
      { spec: { environment: { image: "python:3" } } },
      { code: "UNSUPPORTED", file: "models/tiny/model.yaml", line: 37 },
    ],
    [
      "a runner, without --here",
      { spec: { train: { ...SPEC.train, "runs-on": "gpu" } } },
      { code: "UNSUPPORTED", file: "models/tiny/model.yaml", hint: expect.stringContaining("--here") },
    ],
    [
      "labels apart from rows that have no id",
      data({ labels: "data/labels.csv", id: undefined }),
      { code: "SPEC_INVALID", file: "models/tiny/model.yaml" },
    ],
    [
      "data in a store of no known kind",
      data({ train: "gs://bucket/train.csv" }),
      { code: "UNSUPPORTED", file: "models/tiny/model.yaml", line: 4 },
    ],
    [
      "a store of no known kind",
      { policy: { artifacts: { store: "ftp://bucket/x" } } },
      { code: "UNSUPPORTED", file: "slipway.yaml", line: 10, found: "ftp://bucket/x" },
    ],
    [
      "a gate below the platform's floor",
      { spec: { gates: { production: [{ metric: "accuracy", "at-least": 0.5 }] } } },
      {
        code: "FLOOR_LOOSENED",
        file: "models/tiny/model.yaml",
        line: 31,
        message: expect.stringContaining("slipway.yaml:7:7"),
      },
    ],
    [
      "a key twice",
      { files: { [`${MODEL}model.yaml`]: "slipway: 1\ntask: custom\ntask: custom\n" } },
      { code: "YAML_INVALID", line: 3 },
    ],
    [
      "a tab",
      { files: { [`${MODEL}model.yaml`]: "slipway: 1\ndata:\n\ttrain: a.csv\n" } },
      { code: "YAML_INVALID", line: 3 },
    ],
    [
      "an alias",
      { files: { [`${MODEL}model.yaml`]: "slipway: 1\ncode: &a [.]\nslices: *a\n" } },
      { code: "YAML_INVALID" },
    ],
    ["a model that there is not", { files: {} }, { code: "MODEL_UNKNOWN", hint: "did you mean tiny?" }],
  ])("refuses %s", async (name, mistake, expected) => {
    const place = await modelsRepository(mistake);
    const { code, error } = await place.json("run", name.startsWith("a model") ? "tinny" : "tiny");
    expect({ code, problems: error.problems.slice(0, 1) }).toMatchObject({ code: 2, problems: [expected] });
  });
});

describe("of training", () => {
  it("shows a failed command's last lines and its exit code", async () => {
    const run = "echo one; echo two >&2; exit 3";
    const { code, problem } = await running({ spec: { train: { run } } });
    expect({ code, problem }).toMatchObject({
      code: 2,
      problem: { code: "COMMAND_FAILED", found: "exit code 3; its last lines:\none\ntwo" },
    });
  });

  it("tells a person what failed once", async () => {
    const place = await modelsRepository({ spec: { train: { run: "exit 3" } } });
    const { stdout, stderr } = await place.slipway("run", "tiny");
    expect(`${stdout}${stderr}`.match(/failed with exit code 3/g)).toHaveLength(1);
    expect(stdout).toMatch(/^whole report: \S+report\.md\n$/);
  });

  it("names the run's report also where registering fails in user code", async () => {
    const place = await modelsRepository({ spec: { train: { run: "exit 3" } } });
    const { code, result } = await place.json("register", "tiny");
    expect({ code, ...result }).toMatchObject({
      code: 2,
      outcome: "failed",
      report: expect.stringMatching(/report\.md$/),
    });
  });

  it("finishes where training prints 100 MB, keeps its log small and holds little in memory", async () => {
    const run = "yes 0123456789abcdefghijklmnopqrstuvwxyz | head -c 100000000; node train.mjs";
    const place = await modelsRepository({ spec: { train: { run, params: { threshold: 40 } } } });
    const report = "require('fs').writeFileSync('peak', String(process.resourceUsage().maxRSS))";
    await place.write({ ".slipway/peak.cjs": `process.on('exit', () => { ${report} })` });
    place.env.NODE_OPTIONS = `--require ${place.folder}/.slipway/peak.cjs`;
    const { code } = await place.slipway("run", "tiny", "-q");
    const [name = ""] = await readdir(join(place.folder, ".slipway/runs"));
    const { size } = await stat(join(place.folder, ".slipway/runs", name, "logs/train.log"));
    expect({ code, small: size < 66 << 20, whole: size > 60 << 20 }).toEqual({ code: 0, small: true, whole: true });
    expect(Number(await place.read("peak"))).toBeLessThan(400_000);
  });

  it("ends training that hangs, with what left its session, and names the key that sets the time", async () => {
    const run = "setsid sleep 987654 & sleep 987654";
    const { code, problem, place } = await running({ spec: { train: { run, timeout: "1s" } } });
    expect({ code, problem }).toMatchObject({
      code: 2,
      problem: { code: "COMMAND_TIMEOUT", hint: /`train\.timeout`/ },
    });
    expect(await processes(place, /^sleep 987654/)).toEqual([]);
  });

  it("refuses training that wrote nothing", async () => {
    const { problem } = await running({ spec: { train: { run: "true" } } });
    expect(problem).toMatchObject({ code: "OUTPUT_MISSING", hint: /SLIPWAY_MODEL/ });
  });

  it("says which key lets user code see a file that it missed", async () => {
    const files = {
      "lib/rule.mjs": "export const rule = 1;\n",
      [`${MODEL}train.mjs`]: 'import "../../lib/rule.mjs";\n',
    };
    const { problem } = await running({ files });
    expect(problem?.hint).toBe(
      "lib/rule.mjs is in the repository, but user code sees only what the spec declares: add ../../lib/rule.mjs (or its folder) to `code:`.",
    );
  });
});

describe("of predictions", () => {
  it.each([
    ["a row without one", "lines.pop();", "PREDICTIONS_INVALID", /t99/],
    ["a row with two", "lines.push(lines[5]);", "PREDICTIONS_INVALID", /t5/],
    ["a row that nobody asked for", 'lines.push("t100,low");', "PREDICTIONS_INVALID", /t100/],
    ["a value that is not there", 'lines[3] = "t3,";', "PREDICTIONS_INVALID", /t3/],
  ])("refuses %s, by its id", async (_, lines, code, found) => {
    const { problem } = await running(predicting(lines));
    expect(problem).toMatchObject({ code, found });
  });

  it("refuses probabilities that do not sum to 1, and those that are not numbers", async () => {
    const proba = (a: string) =>
      `writeFileSync(SLIPWAY_PREDICTIONS, ["slipway_id,prediction,proba_low,proba_high", ...lines.map((line) => line + ",0.5,${a}"), ""].join("\\n")); process.exit();`;
    const answers = [await running(predicting(proba("0.7"))), await running(predicting(proba("NaN")))];
    expect(answers.map(({ code, problem }) => [code, problem?.code])).toEqual([
      [2, "PREDICTIONS_INVALID"],
      [2, "PREDICTIONS_INVALID"],
    ]);
    expect(answers.map(({ problem }) => problem?.found)).toEqual([
      expect.stringContaining("t0"),
      expect.stringContaining("t0"),
    ]);
  });

  it("refuses no predictions at all", async () => {
    const { problem } = await running({ spec: { predict: { run: "true" } } });
    expect(problem).toMatchObject({ code: "OUTPUT_MISSING", hint: /SLIPWAY_PREDICTIONS/ });
  });

  it("refuses scores of one's own that leave rows out", async () => {
    const run = 'printf "slipway_id,metric,value\\nt0,own,1\\n" > "$SLIPWAY_SCORES"';
    const metrics = { ...SPEC.metrics, own: { run, "greater-is-better": true } };
    const { problem } = await running({ spec: { metrics } });
    expect(problem).toMatchObject({ code: "SCORES_INVALID", found: /99|t1\b/ });
  });
});
