import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { findDescendants } from "../../core/runtime/descendants.ts";
import type { BundleAt } from "../../core/stages/bundle.ts";
import { runByStages } from "./by-stages.ts";
import { arrangeModel } from "./model.ts";
import { arrangeModels } from "./models.ts";

/** Answers as predict.mjs does; `answer` may be another one. */
const serve = (answer = "x < model.threshold ? model.low : model.high") => ({
  "models/m/serve.mjs": `import { readFileSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
const model = JSON.parse(readFileSync(process.env.SLIPWAY_MODEL + "/model.json", "utf8"));
const say = (value) => writeSync(4, JSON.stringify(value) + "\\n");
let asked = 0;
createInterface({ input: new Socket({ fd: 3 }) }).on("line", (line) => {
  const { id, rows } = JSON.parse(line);
  console.log("asked for " + rows.length);
  say({ id, predictions: rows.map(({ x }) => ${answer}) });
});
say({ ready: true });
`,
});
const SERVE = { serve: { run: "node serve.mjs" } };

describe("a run of a spec with a serving program", () => {
  it("asks it for the test rows, keeps its answers, and says so", async () => {
    const { ports, run, read } = await arrangeModel(SERVE, serve());
    const result = await run();
    expect(result.problem).toBeUndefined();
    expect(result.steps.map(({ step }) => step)).toEqual(["validate", "setup", "train", "predict", "serve", "score"]);
    expect(result.served_predictions && (await ports.store.verify(result.served_predictions))).toBe("ok");
    expect(read(result, "logs/serve.log")).toBe("asked for 60\n");
  });

  it("asks for no more rows at once than the spec lets a request have", async () => {
    const { run, read } = await arrangeModel({ serve: { ...SERVE.serve, "max-rows": 25 } }, serve());
    expect(read(await run(), "logs/serve.log")).toBe("asked for 25\nasked for 25\nasked for 10\n");
  });

  it("takes numbers for equal that differ by rounding", async () => {
    const { run } = await arrangeModel(SERVE, serve("(x < model.threshold ? model.low : model.high) + 1e-9"));
    expect((await run()).outcome).toBe("succeeded");
  });

  it("fails where it answers otherwise than the predict program, and names the rows", async () => {
    const { run } = await arrangeModel(SERVE, serve("x === 31 ? 5 : x < model.threshold ? model.low : model.high"));
    const result = await run();
    expect(result).toMatchObject({
      outcome: "failed",
      problem: { code: "SERVED_DIFFERS", message: expect.stringContaining("1 of 60 test rows") },
    });
    expect(result.problem?.found).toBe("other answers to 12");
    expect(result.served_predictions).toBeUndefined();
  });

  it("fails where it answers other columns", async () => {
    const { run } = await arrangeModel(SERVE, serve("({ prediction: x < model.threshold ? 'a' : 'b' })"));
    expect((await run()).problem).toMatchObject({
      code: "PREDICTIONS_INVALID",
      message: expect.stringContaining("serve.run"),
    });
  });

  it("fails where it does not start, with its last lines", async () => {
    const { run } = await arrangeModel(SERVE, {
      "models/m/serve.mjs": `console.error("no such model"); process.exit(2);`,
    });
    expect((await run()).problem).toMatchObject({
      code: "SERVE_FAILED",
      found: expect.stringContaining("no such model"),
    });
  });

  it("is interrupted while it starts, too", async () => {
    const { run } = await arrangeModel(SERVE, {
      "models/m/serve.mjs": `console.log("starting"); setInterval(() => {}, 1e6);`,
    });
    const controller = new AbortController();
    const onOutput = (text: string) => text.includes("starting") && controller.abort();
    const result = await run({}, { signal: controller.signal, onOutput });
    expect(result.problem?.code).toBe("INTERRUPTED");
    expect(findDescendants({ mark: result.run })).toEqual([]);
  });

  it("fails where it takes longer for all rows than the predict program may", async () => {
    const slow = serve("(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200), model.low)");
    const { run } = await arrangeModel({ serve: { run: "node serve.mjs", "max-rows": 1 } }, slow);
    const result = await run({ predict: { run: "node predict.mjs", timeout: "10s" } });
    expect(result.problem).toMatchObject({ code: "SERVE_TIMEOUT", message: expect.stringContaining("all test rows") });
  });

  it("fails where it lacks a file that the spec does not declare, and says which key to add it to", async () => {
    const spec = { ...SERVE, code: ["train.mjs", "predict.mjs"] };
    const { run } = await arrangeModel(spec, serve());
    expect((await run()).problem).toMatchObject({
      code: "SERVE_FAILED",
      hint: expect.stringContaining("add serve.mjs (or its folder) to `code:`"),
    });
  });

  it("fails where it never says that it is ready, and asks what is usually forgotten", async () => {
    const forgetful = { "models/m/serve.mjs": `console.log('{"ready":true}'); setInterval(() => {}, 1e6);` };
    const { run } = await arrangeModel(SERVE, forgetful);
    expect((await run({ predict: { run: "node predict.mjs", timeout: "10s" } })).problem).toMatchObject({
      code: "SERVE_FAILED",
      hint: expect.stringContaining("flush"),
    });
  });

  it("fails where it cannot answer a row, with its last lines", async () => {
    const { run } = await arrangeModel(SERVE, serve("model.none.such"));
    expect((await run()).problem).toMatchObject({
      code: "SERVE_CRASHED",
      found: expect.stringContaining("Cannot read properties"),
    });
  });

  it("fails where it prints its answers elsewhere, and asks what is usually forgotten", async () => {
    const astray = {
      "models/m/serve.mjs": `import { writeSync } from "node:fs"; import { Socket } from "node:net";
        new Socket({ fd: 3 }).on("data", () => console.log("my answers"));
        writeSync(4, '{"ready":true}\\n');`,
    };
    const { run } = await arrangeModel({ serve: { run: "node serve.mjs", timeout: "500ms" } }, astray);
    expect((await run()).problem).toMatchObject({
      code: "SERVE_TIMEOUT",
      found: expect.stringContaining("my answers"),
      hint: expect.stringContaining("flush"),
    });
  });

  it("asks with the types that the signature says, and null for what is missing", async () => {
    const data = {
      "models/m/data/test.csv": `x,y,word,when,flag\n20,10,,2024-01-31,true\n70,20,007,2024-01-31T09:00:00Z,false\n`,
    };
    const train = {
      "models/m/data/train.csv": `x,y,word,when,flag\n20,10,a,2024-01-31,true\n70,20,b,2024-01-31,false\n`,
    };
    const columns = { word: { type: "string", nulls: 1 }, when: { type: "datetime" }, flag: { type: "boolean" } };
    const spec = { data: { train: "data/train.csv", test: "data/test.csv", label: "y", columns } };
    const { run, read } = await arrangeModel(
      { ...SERVE, ...spec },
      {
        ...serve("(console.log(JSON.stringify(rows)), x < model.threshold ? model.low : model.high)"),
        ...train,
        ...data,
      },
    );
    const result = await run();
    expect(result.problem).toBeUndefined();
    const [, asked] = read(result, "logs/serve.log").split("\n");
    expect(JSON.parse(asked ?? "")).toEqual([
      { x: 20, word: null, when: "2024-01-31", flag: true },
      { x: 70, word: "007", when: "2024-01-31T09:00:00Z", flag: false },
    ]);
  });
});

it("a run of a spec without one has no such step", async () => {
  const { run } = await arrangeModel();
  const result = await run();
  expect(result.steps.some(({ step }) => step === "serve")).toBe(false);
  expect(result.served_predictions).toBeUndefined();
});

const TINY = `import { readFileSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
const { threshold } = JSON.parse(readFileSync(process.env.SLIPWAY_MODEL + "/model.json", "utf8"));
const say = (value) => writeSync(4, JSON.stringify(value) + "\\n");
createInterface({ input: new Socket({ fd: 3 }) }).on("line", (line) => {
  const { id, rows } = JSON.parse(line);
  say({ id, predictions: rows.map(({ x }) => (x < threshold ? "low" : "high")) });
});
say({ ready: true });
`;
const arrangeTiny = () => arrangeModels({ spec: SERVE, files: { "models/tiny/serve.mjs": TINY } });

describe("what a serving program answered", () => {
  it("is in the policy's store after a run by GitHub's jobs", async () => {
    const { ports, root, commit } = await arrangeTiny();
    const about = { model: "tiny", commit, tip: commit, origin: "default-branch" } as const;
    const { run } = await runByStages(ports, root, about);
    expect(run.problem).toBeUndefined();
    expect(run.served_predictions?.uri).toMatch(/^file:/);
    expect(run.served_predictions && (await ports.store.verify(run.served_predictions))).toBe("ok");
  });

  it("cannot be left out by the job that ran the program", async () => {
    const { ports, root, commit } = await arrangeTiny();
    const between = (stage: string, at: BundleAt) => {
      if (stage !== "predict") return;
      const path = join(at.folder, "record.json");
      const record = JSON.parse(readFileSync(path, "utf8"));
      delete record.made.served;
      writeFileSync(path, canonicalJson(record));
      at.sha256 = sha256(canonicalJson(record));
    };
    const about = { model: "tiny", commit, tip: commit, origin: "default-branch", between } as const;
    const { run } = await runByStages(ports, root, about);
    expect(run.problem).toMatchObject({ code: "HANDOVER_CORRUPT", message: expect.stringContaining("predict") });
  });

  it("is named by the version, and missed by verify if it is lost", async () => {
    const { ports, ship, repository } = await arrangeTiny();
    const { served_predictions: served } = await ship();
    const verified = () => verifyRegistry({ folder: repository.folder, artifacts: ports.store });
    expect((await verified()).findings).toEqual([]);
    rmSync(served?.uri.slice("file:".length) ?? "");
    const message = expect.stringContaining("served predictions missing");
    expect((await verified()).findings).toContainEqual(expect.objectContaining({ message }));
  });
});
