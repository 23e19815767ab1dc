import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RandomForestClassifier } from "ml-random-forest";
import { fitFeatures, readRows, toNumbers } from "./features.mjs";

const params = JSON.parse(readFileSync(process.env.SLIPWAY_PARAMS, "utf8"));
const rows = readRows(process.env.SLIPWAY_TRAIN_DATA);
const classes = [...new Set(rows.map((row) => row.species))].sort();
const features = fitFeatures(rows, params.features);
const inputs = toNumbers(rows, features);
const labels = rows.map((row) => classes.indexOf(row.species));

const forest = new RandomForestClassifier({
  seed: Number(process.env.SLIPWAY_SEED),
  nEstimators: params.trees,
  maxFeatures: Math.max(1, Math.round(inputs[0].length * params.max_features)),
  replacement: false,
  useSampleBagging: true,
  noOOB: true,
  treeOptions: { maxDepth: params.depth, minNumSamples: 3, gainThreshold: 0.001 },
});
forest.train(inputs, labels);
writeFileSync(join(process.env.SLIPWAY_MODEL, "forest.json"), JSON.stringify({ classes, features, forest }));

// The share of training rows that the first n trees get right together.
const votes = rows.map(() => classes.map(() => 0));
const values = forest.predictionValues(inputs);
const curve = Array.from({ length: params.trees }, (_, tree) => {
  const right = rows.filter((_, row) => {
    votes[row][values.get(row, tree)] += 1;
    return votes[row].indexOf(Math.max(...votes[row])) === labels[row];
  });
  return JSON.stringify({ step: tree + 1, train_accuracy: right.length / rows.length });
});
writeFileSync(process.env.SLIPWAY_CURVES, `${curve.join("\n")}\n`);
console.log(`${params.trees} trees on ${rows.length} rows: ${curve.at(-1)}`);
