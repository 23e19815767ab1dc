// Logistic regression by gradient descent: the same rows give the same weights, to the last bit.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chanceOfRain, readDays, toNumbers } from "./days.mjs";

const { steps, rate, shrink } = JSON.parse(readFileSync(process.env.SLIPWAY_PARAMS, "utf8"));
const days = readDays(process.env.SLIPWAY_TRAIN_DATA);
const inputs = days.map(toNumbers);
const rained = days.map((day) => Number(day.tomorrow === "rain"));

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const columns = inputs[0].map((_, at) => inputs.map((row) => row[at]));
const means = columns.map(mean);
const deviations = columns.map((values, at) => Math.sqrt(mean(values.map((value) => (value - means[at]) ** 2))));
const scaled = inputs.map((row) => [1, ...row.map((value, at) => (value - means[at]) / deviations[at])]);

const model = { means, deviations, weights: scaled[0].map(() => 0) };
const curve = [];
for (let step = 1; step <= steps; step += 1) {
  const chances = days.map((day) => chanceOfRain(model, day));
  const slopes = model.weights.map((_, at) => mean(scaled.map((row, i) => (rained[i] - chances[i]) * row[at])));
  model.weights = model.weights.map((weight, at) => weight + rate * slopes[at] - rate * shrink * weight);
  const loss = -mean(chances.map((chance, i) => Math.log(rained[i] ? chance : 1 - chance)));
  if (step % 20 === 0) curve.push(JSON.stringify({ step, train_log_loss: loss }));
}
writeFileSync(join(process.env.SLIPWAY_MODEL, "model.json"), JSON.stringify(model));
writeFileSync(process.env.SLIPWAY_CURVES, `${curve.join("\n")}\n`);
console.log(`${days.length} days: ${curve.at(-1)}`);
