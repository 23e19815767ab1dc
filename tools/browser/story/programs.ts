/** Softmax regression on `params.features`, texts one-hot, with a line of its curve every tenth step. */
const TRAIN = `import { writeFileSync, readFileSync } from "node:fs";
import { fit, readRows, toNumbers } from "./features.mjs";
const { SLIPWAY_PARAMS, SLIPWAY_TRAIN_DATA, SLIPWAY_MODEL, SLIPWAY_CURVES } = process.env;
const { features, label, steps, rate } = JSON.parse(readFileSync(SLIPWAY_PARAMS, "utf8"));
const rows = readRows(SLIPWAY_TRAIN_DATA);
const columns = fit(rows, features);
const classes = [...new Set(rows.map((row) => row[label]))].sort();
const inputs = rows.map((row) => toNumbers(row, columns));
const wanted = rows.map((row) => classes.indexOf(row[label]));
const weights = classes.map(() => inputs[0].map(() => 0));
const curve = [];
for (let step = 1; step <= steps; step += 1) {
  let loss = 0;
  const slopes = weights.map((each) => each.map(() => 0));
  for (const [at, input] of inputs.entries()) {
    const shares = shareOf(weights, input);
    loss -= Math.log(Math.max(shares[wanted[at]], 1e-12)) / inputs.length;
    for (const [c, share] of shares.entries())
      for (const [i, x] of input.entries()) slopes[c][i] += ((share - (c === wanted[at])) * x) / inputs.length;
  }
  for (const [c, slope] of slopes.entries()) for (const [i, by] of slope.entries()) weights[c][i] -= rate * by;
  if (step % 10 === 0 || step === 1) curve.push(JSON.stringify({ step, loss }));
}
writeFileSync(SLIPWAY_MODEL + "/model.json", JSON.stringify({ classes, columns, weights }));
writeFileSync(SLIPWAY_CURVES, curve.join("\\n") + "\\n");
console.log(steps + " steps on " + rows.length + " rows: " + curve.at(-1));
function shareOf(weights, input) {
  const scores = weights.map((each) => Math.exp(each.reduce((sum, w, i) => sum + w * input[i], 0)));
  const sum = scores.reduce((a, b) => a + b, 0);
  return scores.map((score) => score / sum);
}
`;

const PREDICT = `import { readFileSync, writeFileSync } from "node:fs";
import { readRows, toNumbers } from "./features.mjs";
const { SLIPWAY_FEATURES, SLIPWAY_MODEL, SLIPWAY_PREDICTIONS } = process.env;
const { classes, columns, weights } = JSON.parse(readFileSync(SLIPWAY_MODEL + "/model.json", "utf8"));
const lines = readRows(SLIPWAY_FEATURES).map((row) => {
  const input = toNumbers(row, columns);
  const scores = weights.map((each) => Math.exp(each.reduce((sum, w, i) => sum + w * input[i], 0)));
  const sum = scores.reduce((a, b) => a + b, 0);
  const best = classes[scores.indexOf(Math.max(...scores))];
  return [row.slipway_id, best, ...scores.map((score) => score / sum)].join(",");
});
const head = ["slipway_id,prediction", ...classes.map((each) => "proba_" + each)].join(",");
writeFileSync(SLIPWAY_PREDICTIONS, [head, ...lines, ""].join("\\n"));
`;

const FEATURES = `import { readFileSync } from "node:fs";
export function readRows(file) {
  const [head, ...lines] = readFileSync(file, "utf8").trim().split("\\n").map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at]])));
}
export function fit(rows, features) {
  return features.map((name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== "");
    if (values.some((value) => Number.isNaN(Number(value)))) return { name, categories: [...new Set(values)].sort() };
    const mean = values.reduce((sum, value) => sum + Number(value), 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
    return { name, mean, deviation };
  });
}
export function toNumbers(row, columns) {
  return [1, ...columns.flatMap(({ name, categories, mean, deviation }) =>
    categories ? categories.map((each) => Number(row[name] === each)) : [row[name] === "" ? 0 : (row[name] - mean) / deviation])];
}
`;

/** A classifier's code in Node, without a package to install. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  "train.mjs": TRAIN,
  "predict.mjs": PREDICT,
  "features.mjs": FEATURES,
};
