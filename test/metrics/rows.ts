import type { EvaluateOptions } from "../../core/metrics/evaluate.ts";
import type { Scored, Value } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";

export function classified(
  labels: readonly Value[],
  predictions: readonly Value[],
  more: Partial<Scored> = {},
): Scored {
  const ids = labels.map((_label, row) => `r${row}`);
  return { ids, task: "classification", labels, predictions, slices: {}, own: {}, ...more };
}

export function estimated(
  labels: readonly number[],
  predictions: readonly number[],
  more: Partial<Scored> = {},
): Scored {
  return classified(labels, predictions, { task: "regression", ...more });
}

/** Two classes with one score column, where larger is more positive. */
export function ranked(labels: readonly Value[], scores: readonly number[], more: Partial<Scored> = {}): Scored {
  return classified(labels, labels, { scores: { values: Float64Array.from(scores) }, ...more });
}

/** Rows of probabilities, one column per class. */
export function probable(labels: readonly Value[], classes: readonly Value[], rows: readonly number[][]): Scored {
  const values = Float64Array.from(rows.flat());
  return classified(labels, labels, { probabilities: { classes, values } });
}

export function asking(metric: MetricSpec, more: Partial<EvaluateOptions> = {}): EvaluateOptions {
  return { metrics: { it: metric }, slices: [], levels: [], ...more };
}
