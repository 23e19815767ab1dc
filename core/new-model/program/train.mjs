// Logistic regression for classes, linear regression for numbers: a start that takes no packages. The same rows give the same model.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { softmax } from "./model.mjs";
import { dot, fitFeatures, readRows, toInputs } from "./table.mjs";

const params = JSON.parse(readFileSync(process.env.SLIPWAY_PARAMS, "utf8"));
const { label, task, steps, rate, shrink } = params;
const rows = readRows(process.env.SLIPWAY_TRAIN_DATA);
const features = fitFeatures(rows, params);
const inputs = toInputs(rows, features);
const curve = [];
const model = task === "classification" ? trainClasses() : trainNumber();
writeFileSync(join(process.env.SLIPWAY_MODEL, "model.json"), JSON.stringify({ features, ...model }));
writeFileSync(process.env.SLIPWAY_CURVES, curve.map((each) => `${JSON.stringify(each)}\n`).join(""));
console.log(`${rows.length} rows, ${inputs[0]?.length ?? 0} numbers each: ${JSON.stringify(curve.at(-1))}`);

/** Gradient descent with momentum on the likelihood of the right class. */
function trainClasses() {
  const classes = [...new Set(rows.map((row) => row[label]))].sort();
  const right = rows.map((row) => classes.indexOf(row[label]));
  const weights = classes.map(() => inputs[0].map(() => 0));
  const speed = classes.map(() => inputs[0].map(() => 0));
  for (let step = 1; step <= steps; step += 1) {
    const slopes = classes.map(() => inputs[0].map(() => 0));
    let loss = 0;
    for (const [row, input] of inputs.entries()) {
      const shares = softmax(weights.map((each) => dot(input, each)));
      loss -= Math.log(Math.max(shares[right[row]], 1e-12));
      for (const [of, slope] of slopes.entries()) {
        const error = shares[of] - Number(of === right[row]);
        for (let at = 0; at < input.length; at += 1) slope[at] += (error * input[at]) / inputs.length;
      }
    }
    for (const [of, slope] of slopes.entries())
      for (let at = 0; at < slope.length; at += 1) {
        speed[of][at] = 0.9 * speed[of][at] - rate * (slope[at] + shrink * weights[of][at]);
        weights[of][at] += speed[of][at];
      }
    if (step % 10 === 0 || step === steps) curve.push({ step, train_log_loss: loss / inputs.length });
  }
  return { classes, weights };
}

/** Conjugate gradients on the squared error. */
function trainNumber() {
  const values = rows.map((row) => Number(row[label]));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  const weights = inputs[0].map(() => 0);
  const times = (vector) => {
    const sums = vector.map((value) => shrink * inputs.length * value);
    for (const input of inputs) {
      const along = dot(input, vector);
      for (let at = 0; at < sums.length; at += 1) sums[at] += along * input[at];
    }
    return sums;
  };
  const rest = weights.map((_, at) =>
    inputs.reduce((sum, input, row) => sum + input[at] * ((values[row] - mean) / deviation), 0),
  );
  let direction = [...rest];
  let left = dot(rest, rest);
  for (let step = 1; step <= Math.min(steps, 50) && left > 1e-12; step += 1) {
    const turned = times(direction);
    const size = left / dot(direction, turned);
    for (let at = 0; at < weights.length; at += 1) {
      weights[at] += size * direction[at];
      rest[at] -= size * turned[at];
    }
    const next = dot(rest, rest);
    direction = rest.map((value, at) => value + (next / left) * direction[at]);
    left = next;
    const errors = inputs.map((input, row) => ((values[row] - mean) / deviation - dot(input, weights)) ** 2);
    curve.push({ step, train_r2: 1 - errors.reduce((sum, error) => sum + error, 0) / inputs.length });
  }
  return { weights, mean, deviation };
}
