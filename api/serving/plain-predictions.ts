import type { Answer } from "../../core/serving/served.ts";

/**
 * `{"predictions":[…]}`, as MLflow, KServe's v1 and Vertex have it: the values alone if the program answers nothing beside
 * them, otherwise objects, as a model has them whose `predict` gives a table.
 */
export function plainPredictions({ predictions }: Answer): { predictions: readonly unknown[] } {
  const isPlain = predictions.every((each) => Object.keys(each).every((name) => name === "prediction"));
  return { predictions: isPlain ? predictions.map(({ prediction }) => prediction ?? null) : predictions };
}
