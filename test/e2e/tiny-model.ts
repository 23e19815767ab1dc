/** A threshold on `x`: `params.threshold` decides how good it is; at 50 it is right on all but every tenth row. */
const TRAIN = `import { readFileSync, writeFileSync } from "node:fs";
const { SLIPWAY_PARAMS, SLIPWAY_MODEL, SLIPWAY_TRAIN_DATA } = process.env;
const { threshold } = JSON.parse(readFileSync(SLIPWAY_PARAMS, "utf8"));
const rows = readFileSync(SLIPWAY_TRAIN_DATA, "utf8").trim().split("\\n").length - 1;
writeFileSync(SLIPWAY_MODEL + "/model.json", JSON.stringify({ threshold, rows }));
console.log("trained on " + rows + " rows");
`;

const PREDICT = `import { readFileSync, writeFileSync } from "node:fs";
const { SLIPWAY_FEATURES, SLIPWAY_MODEL, SLIPWAY_PREDICTIONS } = process.env;
const { threshold } = JSON.parse(readFileSync(SLIPWAY_MODEL + "/model.json", "utf8"));
const [head, ...rows] = readFileSync(SLIPWAY_FEATURES, "utf8").trim().split("\\n").map((line) => line.split(","));
const x = head.indexOf("x");
const lines = rows.map((row) => row[0] + "," + (Number(row[x]) < threshold ? "low" : "high"));
writeFileSync(SLIPWAY_PREDICTIONS, ["slipway_id,prediction", ...lines, ""].join("\\n"));
`;

/** A serving program that answers as PREDICT does. */
export const SERVE = `import { readFileSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
const { threshold } = JSON.parse(readFileSync(process.env.SLIPWAY_MODEL + "/model.json", "utf8"));
const say = (message) => writeSync(4, JSON.stringify(message) + "\\n");
say({ ready: true });
for await (const line of createInterface({ input: new Socket({ fd: 3 }) })) {
  const { id, rows } = JSON.parse(line);
  say({ id, predictions: rows.map(({ x }) => (x < threshold ? "low" : "high")) });
}
`;

/** Rows with x = 0 … 99, named by x; every tenth label is the wrong one. */
export function tinyRows(name: string, count = 100): string {
  const lines = Array.from(
    { length: count },
    (_, x) => `${name}${x},${x},${x < 50 !== (x % 10 === 7) ? "low" : "high"}`,
  );
  return ["id,x,y", ...lines, ""].join("\n");
}

export const FILES = {
  "train.mjs": TRAIN,
  "predict.mjs": PREDICT,
  "data/train.csv": tinyRows("a"),
  "data/test.csv": tinyRows("t"),
};

export const SPEC = {
  slipway: 1,
  task: "classification",
  data: {
    train: "data/train.csv",
    test: "data/test.csv",
    label: "y",
    id: "id",
    columns: { x: { type: "double", min: 0, max: 100 }, y: { type: "string", "one-of": ["low", "high"] } },
  },
  train: { run: "node train.mjs", params: { threshold: 40 }, seed: 7 },
  predict: { run: "node predict.mjs" },
  metrics: { accuracy: { metric: "accuracy_score" } },
  gates: {
    register: [{ metric: "accuracy", "at-least": 0.3 }],
    production: [{ metric: "accuracy", versus: "production", "max-regression": 0 }],
  },
};

export const POLICY = {
  slipway: 1,
  metrics: { accuracy: { metric: "accuracy_score" } },
  gates: { production: [{ metric: "accuracy", "at-least": 0.6 }] },
};
