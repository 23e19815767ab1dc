import { z } from "zod";
import { Duration, Json } from "./names.ts";

/*
 * One entry per function, with scikit-learn's own keyword arguments and defaults
 * (sklearn.metrics, version 1.9). `sample_weight` is left out: the platform weighs rows. The rest of what is
 * known of a function, its row, stands beside its code in core/metrics; core/metrics/catalog.ts puts the rows together.
 */
const label = z.union([z.string(), z.number(), z.boolean()]);
const average = z
  .enum(["binary", "macro", "micro", "weighted", "none"])
  .describe("How classes are put together; `none` reports each class. scikit-learn's default is binary.");
const positive = label.describe("The positive class; defaults to the label's `positive` in `data`.");
const zeroDivision = z
  .union([z.literal(0), z.literal(1), z.literal("nan")])
  .describe("The value where a denominator is zero. Default 0.");
const averaged = {
  average: average.optional(),
  pos_label: positive.optional(),
  labels: z.array(label).min(1).optional().describe("The classes to include, in order."),
  zero_division: zeroDivision.optional(),
};
const builtin = <const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ metric: z.literal(name), ...shape });

export const BuiltinMetric = z.discriminatedUnion("metric", [
  builtin("accuracy_score", { normalize: z.boolean().optional() }),
  builtin("balanced_accuracy_score", { adjusted: z.boolean().optional() }),
  builtin("precision_score", averaged),
  builtin("recall_score", averaged),
  builtin("f1_score", averaged),
  builtin("fbeta_score", { beta: z.number().nonnegative(), ...averaged }),
  builtin("roc_auc_score", {
    average: z.enum(["macro", "micro", "weighted", "none"]).optional(),
    max_fpr: z.number().gt(0).max(1).optional(),
    multi_class: z.enum(["ovr", "ovo"]).optional().describe("Needed with three or more classes."),
    labels: z.array(label).min(2).optional(),
  }),
  builtin("average_precision_score", {
    average: z.enum(["macro", "micro", "weighted", "none"]).optional(),
    pos_label: positive.optional(),
  }),
  builtin("log_loss", { normalize: z.boolean().optional(), labels: z.array(label).min(2).optional() }),
  builtin("brier_score_loss", {
    pos_label: positive.optional(),
    labels: z.array(label).min(2).optional(),
    scale_by_half: z
      .union([z.boolean(), z.literal("auto")])
      .optional()
      .describe("Halve the score, so that it is at most 1. Default auto: with two classes."),
  }),
  builtin("matthews_corrcoef", {}),
  builtin("cohen_kappa_score", {
    labels: z.array(label).min(2).optional(),
    weights: z.enum(["linear", "quadratic"]).optional(),
    replace_undefined_by: z
      .union([z.number().min(-1).max(1), z.literal("nan")])
      .optional()
      .describe("The value where no agreement beyond chance can be told. Default nan: no value."),
  }),
  builtin("top_k_accuracy_score", {
    k: z.int().min(1).optional(),
    normalize: z.boolean().optional(),
    labels: z.array(label).min(2).optional(),
  }),
  builtin("confusion_matrix", {
    labels: z.array(label).min(1).optional(),
    normalize: z.enum(["true", "pred", "all"]).optional(),
  }),
  builtin("mean_absolute_error", {}),
  builtin("mean_squared_error", {}),
  builtin("root_mean_squared_error", {}),
  builtin("r2_score", { force_finite: z.boolean().optional() }),
  builtin("explained_variance_score", { force_finite: z.boolean().optional() }),
  builtin("median_absolute_error", {}),
  builtin("max_error", {}),
  builtin("mean_absolute_percentage_error", {}),
  builtin("mean_pinball_loss", { alpha: z.number().min(0).max(1).optional() }),
]);
export type BuiltinMetric = z.infer<typeof BuiltinMetric>;
export type BuiltinMetricName = BuiltinMetric["metric"];

/** What a metric measures, in a form that can be compared: as it was measured, and as the policy's floors ask for it. */
export const MetricDefinition = z.object({
  function: z.string().describe("scikit-learn's function."),
  arguments: z
    .record(z.string(), Json)
    .describe(
      "Those that are not scikit-learn's default; the positive class, where it counts, as `pos_label`, a text.",
    ),
});
export type MetricDefinition = z.infer<typeof MetricDefinition>;

export const OwnMetric = z.strictObject({
  run: z.string().min(1).max(10_000).describe("A command that writes a score per row to SLIPWAY_SCORES."),
  "greater-is-better": z.boolean().describe("The metric's direction: is a larger value better?"),
  timeout: Duration.optional().describe("Default 10m."),
});
export type OwnMetric = z.infer<typeof OwnMetric>;

export const MetricSpec = z.union([BuiltinMetric, OwnMetric]);
export type MetricSpec = z.infer<typeof MetricSpec>;

export const MetricName = z
  .string()
  .max(60)
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/)
  .describe("What the metric is called in gates, reports and the registry.");

/** Measured by the platform for every model; a gate may name them without declaring them under `metrics`. */
export const MEASURED_METRICS = ["predict_ms_per_row", "artifact_mb"] as const;
