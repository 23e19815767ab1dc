import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RandomForestClassifier } from "ml-random-forest";
import Papa from "papaparse";
import { readRows, toNumbers } from "./features.mjs";

const {
  classes,
  features,
  forest: saved,
} = JSON.parse(readFileSync(join(process.env.SLIPWAY_MODEL, "forest.json"), "utf8"));
const forest = RandomForestClassifier.load(saved);
const rows = readRows(process.env.SLIPWAY_FEATURES);
const values = forest.predictionValues(toNumbers(rows, features));

const predictions = rows.map((row, index) => {
  const counts = classes.map(() => 0);
  for (const vote of values.getRow(index)) counts[vote] += 1;
  // One vote is shared by all classes, so that no class is ever called impossible.
  const shares = counts.map((count) => (count + 1 / classes.length) / (values.columns + 1));
  const prediction = classes[counts.indexOf(Math.max(...counts))];
  return {
    slipway_id: row.slipway_id,
    prediction,
    ...Object.fromEntries(classes.map((name, at) => [`proba_${name}`, shares[at]])),
  };
});
writeFileSync(process.env.SLIPWAY_PREDICTIONS, `${Papa.unparse(predictions, { newline: "\n" })}\n`);
