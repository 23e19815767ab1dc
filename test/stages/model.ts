import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { soundProject } from "../../core/acts/project.ts";
import { type RunOptions, runOne } from "../../core/acts/run.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { plainHost } from "../acts/plain-host.ts";

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
  "models/m/train.mjs": TRAIN,
  "models/m/predict.mjs": PREDICT,
  "models/m/score.mjs": SCORE,
  "models/m/data/train.csv": rows(0, 100),
  "models/m/data/test.csv": rows(20, 80),
};

const SPEC = {
  slipway: 1,
  task: "regression",
  data: { train: "data/train.csv", test: "data/test.csv", label: "y" },
  train: { run: "node train.mjs", params: { threshold: 50 }, seed: 7 },
  predict: { run: "node predict.mjs" },
  metrics: { mae: { metric: "mean_absolute_error" } },
};

/** A real repository with one small model, and the command line's way to run it from its work tree. */
export async function arrangeModel(spec: Record<string, unknown> = {}, files: Record<string, string> = {}) {
  const yaml = (changed: Record<string, unknown>) => stringify({ ...SPEC, ...spec, ...changed });
  const ports = await plainHost({ ...FILES, "models/m/model.yaml": yaml({}), ...files }, { runsUserCode: true });
  const root = ports.workspace.folder;
  /** `changed` are keys of the spec, or its whole text. */
  const run = async (
    changed: Record<string, unknown> | string = {},
    { signal, ...rest }: Partial<RunOptions> & { signal?: AbortSignal } = {},
  ): Promise<RunResult> => {
    writeFileSync(join(root, "models/m/model.yaml"), typeof changed === "string" ? changed : yaml(changed));
    const tree = await openWorkTree(root);
    const project = await soundProject(tree, ["m"]);
    const model = project.models.get("m") as LoadedModel;
    const options = { project, model, tree, source: { dirty: true }, binding: false, ...rest };
    return (await runOne({ ...ports, signal }, options)).run;
  };
  const folderOf = (result: RunResult) => join(root, ".slipway/runs", result.run);
  const read = (result: RunResult, path: string) => readFileSync(join(folderOf(result), path), "utf8");
  return { root, ports, run, read, folderOf };
}
