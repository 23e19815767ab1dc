import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dot, toInputs } from "./table.mjs";

/** Loads what train.mjs saved; what it gives predicts rows. */
export function loadModel() {
  const { features, classes, weights, mean, deviation } = JSON.parse(
    readFileSync(join(process.env.SLIPWAY_MODEL, "model.json"), "utf8"),
  );
  return (rows) =>
    toInputs(rows, features).map((input) => {
      if (classes === undefined) return { prediction: mean + deviation * dot(input, weights) };
      const shares = softmax(weights.map((each) => dot(input, each)));
      const best = shares.indexOf(Math.max(...shares));
      return {
        prediction: classes[best],
        ...Object.fromEntries(classes.map((name, at) => [`proba_${name}`, shares[at]])),
      };
    });
}

export function softmax(scores) {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((all, each) => all + each, 0);
  return powers.map((power) => power / sum);
}
