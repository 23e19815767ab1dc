import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { localExecutor } from "../../core/executors/local.ts";
import { git } from "../../core/git/run.ts";
import { detectIsolation } from "../../core/runtime/isolation.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { bundleStore } from "../../core/stages/bundle.ts";
import { prepareAnswering } from "../../core/stages/prepare-answering.ts";
import type { Signature } from "../../schemas/manifest.ts";
import type { ModelSpec, ServeSpec } from "../../schemas/model-spec.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

const SERVE = `
import { readFileSync, writeSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
const times = Number(readFileSync(process.env.SLIPWAY_MODEL + "/times", "utf8"));
const say = (value) => writeSync(4, JSON.stringify(value) + "\\n");
const may = (file) => { try { writeFileSync(file, "x"); return true; } catch { return false; } };
const answers = {
  double: (rows) => rows.map(({ x }) => x * times),
  where: () => [{ prediction: process.cwd().split("/").slice(-2).join("/"), env: Object.keys(process.env).sort().join(" ") }],
  writes: () => [{ prediction: [process.env.SLIPWAY_MODEL + "/times", "serve.mjs", process.env.TMPDIR + "/x"].map(may).join(" ") }],
};
createInterface({ input: new Socket({ fd: 3 }) }).on("line", (line) => {
  const { id, rows } = JSON.parse(line);
  say({ id, predictions: answers[rows[0].how ?? "double"](rows) });
});
console.log("loaded");
say({ ready: true });
`;
/** Says how many rows it was asked for; is slow at 7, and exits at 13. */
const PREDICT = `
import { readFileSync, writeFileSync } from "node:fs";
const times = Number(readFileSync(process.env.SLIPWAY_MODEL + "/times", "utf8"));
const [head, ...lines] = readFileSync(process.env.SLIPWAY_FEATURES, "utf8").trim().split("\\n");
console.log("asked for " + lines.length);
const names = head.split(",");
const of = (line, name) => line.split(",")[names.indexOf(name)];
if (lines.some((line) => of(line, "x") === "7.0")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
if (lines.some((line) => of(line, "x") === "13.0")) process.exit(3);
writeFileSync(process.env.SLIPWAY_PREDICTIONS, "slipway_id,prediction,proba_1\\n" +
  lines.reverse().map((line) => of(line, "slipway_id") + "," + of(line, "x") * times + "," + (of(line, "how") || "0.5")).join("\\n"));
`;
const SIGNATURE: Signature = {
  inputs: [
    { name: "x", type: "double" },
    { name: "how", type: "string", optional: true },
  ],
  outputs: [{ name: "prediction", type: "double" }],
};

const hasNamespaces = (await detectIsolation()) === "pid-namespace";

/** A model that multiplies by 3, ready to answer. */
async function prepared(serve: ServeSpec | undefined, signature = SIGNATURE) {
  const root = temporaryFolder({
    "repo/models/m/serve.mjs": SERVE,
    "repo/models/m/predict.mjs": PREDICT,
    "model/times": "3",
  });
  await git(join(root, "repo"), ["init", "-q"]);
  const store = bundleStore(join(root, "store"), "test:store");
  const spec: ModelSpec = {
    ...{ slipway: 1, task: "regression", data: { train: "a.csv", test: "b.csv", label: "y" }, metrics: {} },
    ...{ train: { run: "true" }, predict: { run: "node predict.mjs" }, environment: { env: { GREETING: "hi" } } },
    ...(serve ? { serve } : {}),
  };
  let output = "";
  const answering = await prepareAnswering(
    {
      ...{ store, cache: join(root, "cache"), caller: process.env, temporary: join(root, "tmp") },
      executor: localExecutor({ readOnly: [] }),
    },
    {
      model: {
        ...{ name: "m", folder: "models/m", path: "models/m/model.yaml", spec },
        tree: await openWorkTree(join(root, "repo")),
      },
      ...{ artifact: await store.putFolder(join(root, "model")), signature, extension: ".csv" },
      onOutput: (text) => {
        output += text;
      },
    },
  );
  onTestFinished(() => answering.close(0));
  return { answering, output: () => output, temporary: join(root, "tmp") };
}

describe("a version with a serving program", () => {
  it("answers by it, with the artifact of the store, in the model's folder and environment", async () => {
    const { answering } = await prepared({ run: "node serve.mjs" });
    await answering.ready();
    expect(await answering.ask({ id: "1", rows: [{ x: 2 }, { x: -1 }] })).toEqual([
      { prediction: 6 },
      { prediction: -3 },
    ]);
    const [where] = await answering.ask({ id: "2", rows: [{ x: 1, how: "where" }] });
    expect(where?.["prediction"]).toBe("models/m");
    expect(String(where?.["env"]).split(" ")).toEqual(expect.arrayContaining(["GREETING", "HOME", "SLIPWAY_MODEL"]));
    expect(where?.["env"]).not.toMatch(/npm|VITEST|SLIPWAY_FEATURES/i);
  });

  it.runIf(hasNamespaces)("cannot change its model nor its code", async () => {
    const { answering } = await prepared({ run: "node serve.mjs" });
    const [writes] = await answering.ask({ id: "1", rows: [{ x: 1, how: "writes" }] });
    expect(writes).toEqual({ prediction: "false false true" });
  });

  it("leaves nothing on disk once it is closed", async () => {
    const { answering, temporary, output } = await prepared({ run: "node serve.mjs", workers: 2 });
    await answering.ready();
    await answering.close(1_000);
    expect(readdirSync(temporary)).toEqual([]);
    expect(output()).toContain("loaded");
  });
});

describe("a version without one", () => {
  it("answers by its predict program, with the columns of its file, in the rows' order", async () => {
    const { answering } = await prepared(undefined);
    await answering.ready();
    expect(
      await answering.ask({
        id: "1",
        rows: [
          { x: 2, how: "0.25" },
          { x: -1, how: null },
        ],
      }),
    ).toEqual([
      { prediction: 6, proba_1: 0.25 },
      { prediction: -3, proba_1: 0.5 },
    ]);
  });

  it("answers requests that wait together by one run", async () => {
    const { answering, output } = await prepared({ "max-rows": 3 });
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((x) => answering.ask({ id: String(x), rows: [{ x, how: null }] })),
    );
    expect(answers.map(([row]) => row?.["prediction"])).toEqual([3, 6, 9, 12, 15]);
    expect(output().match(/asked for \d+/g)).toEqual(["asked for 1", "asked for 3", "asked for 1"]);
  });

  it("ends a run without those beside it", async () => {
    const { answering } = await prepared({ workers: 2 });
    const slow = answering.ask({ id: "1", rows: [{ x: 7, how: null }] });
    const quick = await answering.ask({ id: "2", rows: [{ x: 1, how: null }] });
    expect([quick[0]?.["prediction"], (await slow)[0]?.["prediction"]]).toEqual([3, 21]);
  });

  it("tells a program's exit code to each who waits for that run, and to nobody else", async () => {
    const { answering } = await prepared(undefined);
    const [alone, ...together] = [1, 13, 2].map((x) => answering.ask({ id: String(x), rows: [{ x, how: null }] }));
    await expect(alone).resolves.toHaveLength(1);
    for (const each of together) await expect(each).rejects.toMatchObject({ code: "SERVE_ERROR" });
    await expect(answering.ask({ id: "4", rows: [{ x: 4, how: null }] })).resolves.toHaveLength(1);
  });

  it("answers classes as the labels have them", async () => {
    const classes = { ...SIGNATURE, outputs: [{ name: "prediction", type: "long" as const }] };
    const { answering } = await prepared(undefined, classes);
    expect(await answering.ask({ id: "1", rows: [{ x: 1, how: null }] })).toMatchObject([{ prediction: 3 }]);
  });
});
