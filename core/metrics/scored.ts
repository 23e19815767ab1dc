/** A class label or a number, as it stands in the data. */
export type Value = string | number | boolean;

/**
 * Predictions joined to labels, column by column; row i of each array is the same test row.
 * Shapes: n rows, k classes.
 */
export interface Scored {
  /** Row ids, n. */
  ids: readonly string[];
  task: "classification" | "regression" | "custom";
  /** True values, n: class labels (classification) or numbers (regression). Empty for `custom` without a label. */
  labels: readonly Value[];
  /** Predicted values, n, of the labels' kind. */
  predictions: readonly Value[];
  /** Class probabilities, row-major n × k, rows summing to 1 within 1e-3; `classes` in scikit-learn's sorted order. */
  probabilities?: { classes: readonly Value[]; values: Float64Array };
  /** Any ranking: one column (binary; larger is more positive; `classes` absent) or n × k row-major. */
  scores?: { classes?: readonly Value[]; values: Float64Array };
  /** The spec's positive class, where given. */
  positive?: Value | undefined;
  /** Slice columns, each n; null if the value is missing. */
  slices: Readonly<Record<string, readonly (Value | null)[]>>;
  /** The resampling unit: group ids, n. */
  groups?: readonly string[];
  /** The order in time, n, in milliseconds: blocks of time are taken to be independent where this is present. */
  times?: Float64Array;
  /** Own metrics' scores per row, each n. */
  own: Readonly<Record<string, Float64Array>>;
}
