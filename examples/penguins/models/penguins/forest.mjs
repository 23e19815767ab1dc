import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RandomForestClassifier } from "ml-random-forest";
import { toNumbers } from "./features.mjs";

/** Loads what train.mjs saved; what it gives predicts rows: the species, and the share of votes for each. */
export function loadForest() {
  const text = readFileSync(join(process.env.SLIPWAY_MODEL, "forest.json"), "utf8");
  const { classes, features, forest: saved } = JSON.parse(text);
  const forest = RandomForestClassifier.load(saved);
  return (rows) => {
    const values = forest.predictionValues(toNumbers(rows, features));
    return rows.map((_, index) => {
      const counts = classes.map(() => 0);
      for (const vote of values.getRow(index)) counts[vote] += 1;
      // One vote is shared by all classes, so that no class is ever called impossible.
      const shares = counts.map((count) => (count + 1 / classes.length) / (values.columns + 1));
      const prediction = classes[counts.indexOf(Math.max(...counts))];
      return { prediction, ...Object.fromEntries(classes.map((name, at) => [`proba_${name}`, shares[at]])) };
    });
  };
}
