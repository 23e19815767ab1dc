import { join } from "node:path";
import { localExecutor } from "../../core/executors/local.ts";
import { git } from "../../core/git/run.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { specOf } from "../../core/spec/project.ts";
import { runModel } from "../../core/stages/run-model.ts";
import type { RunDependencies, RunRequest } from "../../core/stages/run-request.ts";
import { openFolderStore } from "../../core/stores/folder.ts";
import { ModelFile } from "../../schemas/model-spec.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

/** Learns the mean of y where x is below and above the params' threshold. */
export const TRAIN = `import { readFileSync, writeFileSync } from "node:fs";
const { threshold } = JSON.parse(readFileSync(process.env.SLIPWAY_PARAMS, "utf8"));
const rows = readFileSync(process.env.SLIPWAY_TRAIN_DATA, "utf8").trim().split("\\n").slice(1).map((line) => line.split(",").map(Number));
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const side = (test) => mean(rows.filter(([x]) => test(x)).map(([, y]) => y));
writeFileSync(process.env.SLIPWAY_MODEL + "/model.json", JSON.stringify({ threshold, low: side((x) => x < threshold), high: side((x) => x >= threshold), seed: process.env.SLIPWAY_SEED }));
writeFileSync(process.env.SLIPWAY_CURVES, '{"step":1,"loss":0.5}\\nnot json\\n{"step":2,"loss":0.25}\\n');
console.log("trained on " + rows.length + " rows");
`;
export const PREDICT = `import { readFileSync, writeFileSync } from "node:fs";
const model = JSON.parse(readFileSync(process.env.SLIPWAY_MODEL + "/model.json", "utf8"));
const [head, ...rows] = readFileSync(process.env.SLIPWAY_FEATURES, "utf8").trim().split("\\n").map((line) => line.split(","));
const x = head.indexOf("x");
writeFileSync(process.env.SLIPWAY_PREDICTIONS, "slipway_id,prediction\\n" + rows.map((row) => row[0] + "," + (row[x] < model.threshold ? model.low : model.high)).join("\\n") + "\\n");
`;
export const SCORE = `import { readFileSync, writeFileSync } from "node:fs";
const ids = readFileSync(process.env.SLIPWAY_LABELS, "utf8").trim().split("\\n").slice(1).map((line) => line.split(",")[0]);
writeFileSync(process.env.SLIPWAY_SCORES, "slipway_id,metric,value\\n" + ids.map((id) => id + ",steady,1").join("\\n") + "\\n");
`;

const rows = (from: number, to: number) =>
  `x,y\n${Array.from({ length: to - from }, (_, n) => `${from + n},${from + n < 50 ? 10 : 20}`).join("\n")}\n`;

const FILES = {
  "repo/models/m/train.mjs": TRAIN,
  "repo/models/m/predict.mjs": PREDICT,
  "repo/models/m/score.mjs": SCORE,
  "repo/models/m/data/train.csv": rows(0, 100),
  "repo/models/m/data/test.csv": rows(20, 80),
};

const SPEC = {
  slipway: 1,
  task: "regression",
  data: { train: "data/train.csv", test: "data/test.csv", label: "y" },
  train: { run: "node train.mjs", params: { threshold: 50 }, seed: 7 },
  predict: { run: "node predict.mjs" },
  metrics: { mae: { metric: "mean_absolute_error" } },
};

/** A real repository with one small model, and what runs it. */
export async function arrangeModel(spec: Record<string, unknown> = {}, files: Record<string, string> = {}) {
  const root = temporaryFolder({ ...FILES, ...files });
  const repo = join(root, "repo");
  await git(repo, ["init", "-q"]);
  const tree = await openWorkTree(repo);
  const deps: RunDependencies = {
    store: openFolderStore(join(root, "store"), "file:store"),
    cache: join(root, "cache"),
    caller: process.env,
    executor: localExecutor({ readOnly: [join(root, "cache")] }),
    temporary: join(root, "tmp"),
  };
  const request = (rest: Partial<RunRequest> = {}, changed: Record<string, unknown> = {}): RunRequest => ({
    model: {
      name: "m",
      folder: "models/m",
      path: "models/m/model.yaml",
      spec: specOf(ModelFile.parse({ ...SPEC, ...spec, ...changed })),
      tree,
    },
    root: repo,
    source: { dirty: true },
    binding: false,
    fingerprint: "0".repeat(64),
    runs: join(root, "runs"),
    resamples: 50,
    ...rest,
  });
  const run = (rest: Partial<RunRequest> = {}, changed: Record<string, unknown> = {}) =>
    runModel(deps, request(rest, changed));
  return { root, repo, deps, request, run };
}
