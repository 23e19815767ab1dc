import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { parse, stringify } from "yaml";
import type { RunOptions } from "../../core/acts/run.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import { findDescendants } from "../../core/runtime/descendants.ts";
import { detectIsolation } from "../../core/runtime/isolation.ts";
import { RunResult } from "../../schemas/run-result.ts";
import { temporaryFolder } from "../runtime/temporary.ts";
import { arrangeModel, PREDICT } from "./model.ts";

const steps = (result: RunResult) => result.steps.map(({ step, outcome }) => `${step} ${outcome}`);
const predictFirst = (line: string) => ({ "models/m/predict.mjs": `${line}\n${PREDICT}` });

it("validates, trains, predicts and scores, and keeps the whole record", async () => {
  const { run, read } = await arrangeModel();
  const result = await run();
  expect(result.problem).toBeUndefined();
  expect(steps(result)).toEqual(["validate done", "setup skipped", "train done", "predict done", "score done"]);
  expect(result.evaluation?.metrics["mae"]?.value).toBe(0);
  expect(result).toMatchObject({ outcome: "succeeded", artifact_from: "trained", seed: 7, curves: "curves.jsonl" });
  expect(read(result, "result.json")).toBe(canonicalJson(RunResult.parse(result)));
});

it("says how far user code was kept apart", async () => {
  const { run } = await arrangeModel();
  expect((await run()).environment.isolation).toBe(await detectIsolation());
});

it.runIf((await detectIsolation()) === "pid-namespace")(
  "keeps training from changing what is registered and what is kept",
  async () => {
    const { root, run } = await arrangeModel({ train: { run: `rm -rf "$STATE"; exit 3` } });
    const state = join(root, ".git");
    await run({ environment: { env: { STATE: state } } });
    expect(existsSync(join(state, "HEAD"))).toBe(true);
  },
);

it("keeps the output of each step with the run, and the curves without what was not understood", async () => {
  const { run, read } = await arrangeModel();
  const result = await run();
  const train = result.steps.find(({ step }) => step === "train");
  expect(read(result, train?.log ?? "")).toBe("trained on 100 rows\n");
  expect(read(result, "curves.jsonl")).toBe('{"step":1,"loss":0.5}\n{"step":2,"loss":0.25}\n');
  expect(train?.detail).toBe("1 lines of curves were not understood");
});

it("gives params as the spec writes their numbers, and records what it gave", async () => {
  const { root, run, read } = await arrangeModel();
  const { train: _, ...rest } = parse(readFileSync(join(root, "models/m/model.yaml"), "utf8"));
  const params = "{ max_samples: 1.0, size: 100000000000000000001, tiny: 1e-3 }";
  const train = `train: { run: 'cat "$SLIPWAY_PARAMS"; touch "$SLIPWAY_MODEL/m"', params: ${params} }\n`;
  const result = await run(stringify(rest) + train);
  const given = '{"max_samples":1.0,"size":100000000000000000001,"tiny":1e-3}';
  expect(read(result, "logs/train.log")).toBe(`${given}\n`);
  expect(RunResult.parse(result).params).toBe(given);
});

it("removes every temporary folder, whether the run succeeds or fails", async () => {
  const { run } = await arrangeModel();
  const folder = temporaryFolder();
  vi.stubEnv("TMPDIR", folder);
  await run();
  await run({ train: { run: "exit 3" } });
  vi.unstubAllEnvs();
  expect(readdirSync(folder)).toEqual([]);
});

it("keeps artifact, predictions and profiles in the store", async () => {
  const { ports, run } = await arrangeModel();
  const { artifact, predictions, predictions_profile, data } = await run();
  expect(artifact?.files.map((file) => file.path)).toEqual(["model.json"]);
  for (const object of [artifact, predictions, predictions_profile, data?.profile]) {
    expect(object && (await ports.store.verify(object))).toBe("ok");
  }
});

it("takes an earlier run's artifact instead of training, unless it is told to train", async () => {
  const { run } = await arrangeModel();
  const { artifact, run: first } = await run();
  const again = await run();
  expect(steps(again)).toEqual(["validate done", "setup skipped", "train reused", "predict done", "score done"]);
  expect(again).toMatchObject({ outcome: "succeeded", artifact, artifact_from: "reused", artifact_run: first });
  expect(await run({}, { fresh: true })).toMatchObject({ artifact_from: "trained" });
});

it.each(["train.mjs", "data/train.csv"])("trains nothing whose %s is changed while the run reads it", async (file) => {
  const { root, run } = await arrangeModel();
  const onStep: NonNullable<RunOptions["onStep"]> = ({ step, outcome }) => {
    if (step === "validate" && outcome === "started") appendFileSync(join(root, "models/m", file), "\n");
  };
  expect(await run({}, { onStep })).toMatchObject({
    outcome: "failed",
    problem: { code: "DATA_CHANGED", found: expect.stringContaining(file) },
  });
});

it("trains where the store has lost the artifact that was to be reused", async () => {
  const { root, run } = await arrangeModel();
  await run();
  rmSync(join(root, ".slipway/store"), { recursive: true });
  expect(await run()).toMatchObject({ outcome: "succeeded", artifact_from: "trained" });
});

it("stops at data that breaks its rules, and lists every violation", async () => {
  const columns = { x: { type: "long", max: 90 }, y: { type: "double", max: 15 } };
  const { run } = await arrangeModel({ data: { train: "data/train.csv", test: "data/test.csv", label: "y", columns } });
  const result = await run();
  expect(steps(result)).toEqual(["validate failed"]);
  expect(result.violations.map(({ set, column }) => `${set}.${column}`)).toEqual(["train.x", "train.y", "test.y"]);
  expect(result.problem).toMatchObject({
    code: "DATA_INVALID",
    found: expect.stringMatching(/train\.x.*\n.*\n.*test\.y/),
  });
});

it("records a training that crashes, with its last lines", async () => {
  const { run, read } = await arrangeModel({}, { "models/m/train.mjs": `console.log("here"); process.exit(3);` });
  const result = await run();
  expect(steps(result)).toEqual(["validate done", "setup skipped", "train failed"]);
  expect(result.problem).toMatchObject({ code: "COMMAND_FAILED", found: "exit code 3; its last lines:\nhere" });
  expect(read(result, "report.md")).toContain("failed with exit code 3");
});

it("names `train.timeout` when training hangs, and leaves no process behind", async () => {
  const { run } = await arrangeModel({ train: { run: "setsid sleep 600 & sleep 600", timeout: "300ms" } });
  const result = await run();
  expect(result.problem).toMatchObject({ code: "COMMAND_TIMEOUT", hint: expect.stringContaining("`train.timeout`") });
  expect(findDescendants({ mark: result.run })).toEqual([]);
});

it("asks for a model where training wrote none", async () => {
  const { run } = await arrangeModel({ train: { run: "true" } });
  expect((await run()).problem).toMatchObject({
    code: "OUTPUT_MISSING",
    expected: expect.stringContaining("SLIPWAY_MODEL"),
  });
});

it("asks for predictions where predict wrote none", async () => {
  const { run } = await arrangeModel({ predict: { run: "true" } });
  expect((await run()).problem).toMatchObject({
    code: "OUTPUT_MISSING",
    hint: expect.stringContaining("SLIPWAY_PREDICTIONS"),
  });
});

it("refuses a symbolic link as predictions", async () => {
  const { run } = await arrangeModel({ predict: { run: 'ln -s /etc/passwd "$SLIPWAY_PREDICTIONS"' } });
  expect((await run()).problem?.code).toBe("SYMLINK_REFUSED");
});

it("says which file is not declared, and where to add it", async () => {
  const files = { "lib/shared.mjs": "export default 1;\n", ...predictFirst(`import "../../lib/shared.mjs";`) };
  const { run } = await arrangeModel({}, files);
  expect((await run()).problem?.hint).toMatch(
    /^lib\/shared\.mjs is in the repository.* add \.\.\/\.\.\/lib\/shared\.mjs/,
  );
  expect((await run({ code: [".", "../../lib"] })).outcome).toBe("succeeded");
});

it("says that data is read through the platform's variables", async () => {
  const { run } = await arrangeModel(
    {},
    predictFirst(`import { readFileSync as r } from "node:fs"; r("data/test.csv");`),
  );
  expect((await run()).problem?.hint).toMatch(/^models\/m\/data\/test\.csv is data/);
});

it("gives predict features without labels, in a tree without data or Git", async () => {
  const look = `import { execSync } from "node:child_process";
    console.log(readFileSync(process.env.SLIPWAY_FEATURES, "utf8").split("\\n")[0]);
    console.log(execSync("ls -A; ls -A ../../..; git rev-parse --git-dir 2>&1 || true").toString());
    console.log(Object.keys(process.env).filter((key) => key.startsWith("SLIPWAY_")).sort().join(" "));`;
  const { run, read } = await arrangeModel({}, { "models/m/predict.mjs": `${PREDICT}\n${look}` });
  const result = await run();
  const log = read(result, "logs/predict.log");
  expect(log).toMatch(/^slipway_id,x\n/);
  expect(log).toContain("predict.mjs\nscore.mjs\ntrain.mjs\n");
  expect(log).not.toMatch(/data|labels|csv\n.*csv/);
  expect(log).toMatch(/not a git repository/);
  expect(log).toMatch(/SLIPWAY_FEATURES SLIPWAY_MODEL SLIPWAY_PREDICTIONS SLIPWAY_RUN_ID\n/);
  expect(result.evaluation?.labels).toBe("reachable");
});

it("shows user code nothing of the caller's environment", async () => {
  const { run, read } = await arrangeModel({ predict: { run: "env; node predict.mjs" } });
  vi.stubEnv("DEPLOY_TOKEN", "tell-nobody");
  const result = await run();
  vi.unstubAllEnvs();
  expect(result.outcome).toBe("succeeded");
  expect(read(result, "logs/predict.log")).not.toContain("tell-nobody");
});

it("hands predict the artifact read-only", async () => {
  const { run, read } = await arrangeModel({ predict: { run: 'ls -l "$SLIPWAY_MODEL"; node predict.mjs' } });
  expect(read(await run(), "logs/predict.log")).toMatch(/^-r--r--r--.*model\.json$/m);
});

it("takes the code as the artifact of a custom model without training", async () => {
  const { run } = await arrangeModel(
    {
      task: "custom",
      train: undefined,
      metrics: { steady: { run: "node score.mjs", "greater-is-better": true } },
      data: { test: "data/test.csv", label: "y" },
      predict: { run: "sh predict.sh" },
    },
    { "models/m/predict.sh": `sed '1s/x/prediction/' "$SLIPWAY_FEATURES" > "$SLIPWAY_PREDICTIONS"\n` },
  );
  const result = await run();
  expect(result.problem).toBeUndefined();
  expect(result.artifact_from).toBe("code");
  expect(result.artifact?.files.map((file) => file.path)).toContain("models/m/predict.sh");
  expect(result.evaluation?.metrics["steady"]?.value).toBe(1);
});

it("measures the artifact always, and the time per row where a gate names it", async () => {
  const { run, folderOf } = await arrangeModel();
  const plain = await run();
  expect(plain.evaluation?.metrics["artifact_mb"]?.value).toBe((plain.artifact?.size ?? 0) / 1e6);
  expect(plain.evaluation?.metrics).not.toHaveProperty("predict_ms_per_row");
  const timed = await run(
    { gates: { production: [{ metric: "predict_ms_per_row", "at-most": 1_000 }] } },
    { fresh: true },
  );
  expect(timed.evaluation?.metrics).toHaveProperty("predict_ms_per_row");
  const logs = readdirSync(join(folderOf(timed), "logs")).sort();
  expect(logs).toEqual(["predict-all.log", "predict-one.log", "predict.log", "train.log"]);
});

/** Waits for so many milliseconds, in a program. */
const waiting = (milliseconds: string) =>
  `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds});\n`;

it("lets a program pass a time that it certainly stays below, though it is too fast to measure", async () => {
  // A start as long as all rows take, whatever else the machine does.
  const predict = PREDICT.replace("const x =", `${waiting("rows.length === 1 ? 300 : 0")}const x =`);
  const { run } = await arrangeModel({}, { "models/m/predict.mjs": predict });
  const gates = { production: [1_000, 1e-6].map((most) => ({ metric: "predict_ms_per_row", "at-most": most })) };
  const { evaluation, ...result } = await run({ gates });
  const reason = expect.stringMatching(/^below [\d.]+ ms, too fast to tell with 60 rows$/);
  expect(evaluation?.metrics["predict_ms_per_row"]).toMatchObject({ value: null, reason, intervals: [{ low: 0 }] });
  expect(result.gates["production"]).toMatchObject([
    { verdict: "pass", found: reason },
    { verdict: "inconclusive", reason: "VALUE_UNDEFINED", found: reason },
  ]);
});

it("passes no program that takes longer for a row than its gate says", async () => {
  const predict = PREDICT.replace("const x =", `${waiting("10 * rows.length")}const x =`);
  const { run } = await arrangeModel({}, { "models/m/predict.mjs": predict });
  const gates = { production: [4, 1_000].map((most) => ({ metric: "predict_ms_per_row", "at-most": most })) };
  const { evaluation, ...result } = await run({ gates });
  expect(evaluation?.metrics["predict_ms_per_row"]?.intervals?.[0]?.high).toBeGreaterThan(4);
  expect(result.gates["production"]?.map(({ verdict }) => verdict === "pass")).toEqual([false, true]);
});

it("computes bounds at every level, whatever the gates name", async () => {
  const { run } = await arrangeModel();
  const train = { run: "node train.mjs", params: { threshold: 40 } };
  const gates = { production: [{ metric: "mae", "at-most": 1, confidence: 0.8 }] };
  const { evaluation } = await run({ train, gates });
  expect(evaluation?.metrics["mae"]?.intervals?.map((each) => each.level)).toEqual(LEVELS);
});

it("is interrupted by the caller, with a record and without processes", async () => {
  const controller = new AbortController();
  const { run } = await arrangeModel({ train: { run: "echo up; sleep 600" } });
  const result = await run({}, { signal: controller.signal, onOutput: () => controller.abort() });
  expect(result).toMatchObject({ outcome: "failed", problem: { code: "INTERRUPTED" } });
  expect(findDescendants({ mark: result.run })).toEqual([]);
});

it("is interrupted while data is read, too", async () => {
  const controller = new AbortController();
  const { run } = await arrangeModel();
  const result = await run({}, { signal: controller.signal, onStep: () => controller.abort() });
  expect(result).toMatchObject({ outcome: "failed", problem: { code: "INTERRUPTED" } });
});

/** Examples of docs/user-code.md, in their order. */
const examples = (language: string) => {
  const text = readFileSync(new URL("../../docs/user-code.md", import.meta.url), "utf8");
  return text
    .split(`\`\`\`${language}\n`)
    .slice(1)
    .map((rest) => rest.split("```")[0] ?? "");
};

it("runs the examples of docs/user-code.md", async () => {
  const { run } = await arrangeModel(
    { train: { run: "node train.mjs", params: { column: "y" } }, predict: { run: "sh predict.sh" } },
    {
      "models/m/train.mjs": examples("js")[0] ?? "",
      "models/m/predict.sh": examples("sh")[0]?.replaceAll(/"(late|early)"/g, "15") ?? "",
    },
  );
  const result = await run();
  expect(result.problem).toBeUndefined();
  expect(result.evaluation?.metrics["mae"]?.value).toBe(5);
});

it.each([
  ["node serve.mjs", "serve.mjs", "js"],
  ["python3 serve.py", "serve.py", "python"],
])("answers by the example %s of docs/user-code.md as its example of a predict program does", async (...of) => {
  const [command, file, language] = of;
  const { run } = await arrangeModel(
    {
      ...{ train: { run: "node train.mjs", params: { column: "y" } }, predict: { run: "python3 predict.py" } },
      serve: { run: command },
    },
    {
      "models/m/train.mjs": examples("js")[0] ?? "",
      "models/m/predict.py": examples("python")[0] ?? "",
      [`models/m/${file}`]: examples(language)[1] ?? "",
    },
  );
  const result = await run();
  expect(result.problem).toBeUndefined();
  expect(result.served_predictions).toBeDefined();
});

const PREPARED = {
  "models/m/lock": "1",
  "models/m/train.mjs": `import { chmodSync, existsSync, realpathSync, statSync, utimesSync, writeFileSync } from "node:fs";
const file = realpathSync("node_modules/dep.mjs");
const { atime, mtime, mode } = statSync(file);
try {
  chmodSync(file, 0o644);
  writeFileSync(file, "export default 2;\\n");
  utimesSync(file, atime, mtime);
  chmodSync(file, mode);
} catch (error) {
  console.log(error.code);
}
writeFileSync(process.env.SLIPWAY_MODEL + "/model.json", "{}");
`,
};

it("fails a training that writes into its environment, and the next run has it as it was", async () => {
  const setup = "mkdir -p node_modules; echo 'export default 1;' > node_modules/dep.mjs";
  const { run, read } = await arrangeModel({ environment: { setup, lock: ["lock"] } }, PREPARED);
  const first = await run();
  if ((await detectIsolation()) === "pid-namespace") {
    expect(read(first, "logs/train.log")).toMatch(/EROFS/);
  } else {
    expect(first.problem).toMatchObject({ code: "ENVIRONMENT_CHANGED" });
  }
  const train = { run: `grep -h default node_modules/dep.mjs; exit 3` };
  const next = await run({ train });
  expect(next.problem?.found).toContain("export default 1;");
});
