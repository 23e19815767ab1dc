import { distance } from "fastest-levenshtein";
import { BuiltinMetric, type BuiltinMetricName, type MetricSpec } from "../../schemas/metric-spec.ts";
import type { Task } from "../../schemas/model-spec.ts";

type MetricNeed = "labels" | "predictions" | "scores" | "probabilities";

interface MetricInfo {
  /** scikit-learn's name, or `own`. */
  function: string;
  greaterIsBetter: boolean;
  /** Smallest and largest possible value. */
  range: [number, number];
  /** What the rows must hold; `scores` is proba_ columns or score columns. */
  needs: readonly MetricNeed[];
  tasks: readonly Task[];
  /** What a value counts. */
  unit: "share" | "rows" | "label" | "label²" | "nats" | "none";
  /** One number: neither one per class nor a matrix. Only these can be gated without `class`. */
  scalar: boolean;
}

type Entry = Pick<MetricInfo, "greaterIsBetter" | "range" | "needs" | "tasks" | "unit">;
const infinite = Number.POSITIVE_INFINITY;
const classes = { greaterIsBetter: true, range: [0, 1], tasks: ["classification", "custom"], unit: "share" } as const;
const byLabel = { ...classes, needs: ["labels", "predictions"] } as const;
const byScore = { ...classes, needs: ["labels", "scores"] } as const;
const byProbability = { ...classes, greaterIsBetter: false, needs: ["labels", "probabilities"] } as const;
const correlation = { ...byLabel, range: [-1, 1], unit: "none" } as const;
const error = {
  greaterIsBetter: false,
  range: [0, infinite],
  needs: ["labels", "predictions"],
  tasks: ["regression", "custom"],
  unit: "label",
} as const;
const explained = { ...error, greaterIsBetter: true, range: [-infinite, 1], unit: "none" } as const;

const CATALOG: Record<BuiltinMetricName, Omit<Entry, "range"> & { range: readonly [number, number] }> = {
  accuracy_score: byLabel,
  balanced_accuracy_score: byLabel,
  precision_score: byLabel,
  recall_score: byLabel,
  f1_score: byLabel,
  fbeta_score: byLabel,
  roc_auc_score: byScore,
  average_precision_score: byScore,
  top_k_accuracy_score: byScore,
  log_loss: { ...byProbability, range: [0, infinite], unit: "nats" },
  brier_score_loss: { ...byProbability, unit: "none" },
  matthews_corrcoef: correlation,
  cohen_kappa_score: correlation,
  confusion_matrix: { ...byLabel, range: [0, infinite], unit: "rows" },
  mean_absolute_error: error,
  mean_squared_error: { ...error, unit: "label²" },
  root_mean_squared_error: error,
  r2_score: explained,
  explained_variance_score: explained,
  median_absolute_error: error,
  max_error: error,
  mean_absolute_percentage_error: { ...error, unit: "share" },
  mean_pinball_loss: error,
};

/** What a metric is: its direction, range, needs, tasks and unit, the arguments of the spec taken into account. */
export function metricInfo(spec: MetricSpec): MetricInfo {
  if ("run" in spec) {
    return {
      function: "own",
      greaterIsBetter: spec["greater-is-better"],
      range: [-infinite, infinite],
      needs: [],
      tasks: ["classification", "regression", "custom"],
      unit: "none",
      scalar: true,
    };
  }
  const { range, ...entry } = CATALOG[spec.metric];
  const info: MetricInfo = {
    ...entry,
    function: spec.metric,
    range: [...range],
    scalar: spec.metric !== "confusion_matrix",
  };
  if ("average" in spec && spec.average === "none") info.scalar = false;
  if (spec.metric === "balanced_accuracy_score" && spec.adjusted) info.range = [-1, 1];
  if (spec.metric === "brier_score_loss" && spec.scale_by_half !== true) info.range = [0, 2];
  if (spec.metric === "confusion_matrix") {
    if (spec.normalize) return { ...info, range: [0, 1], unit: "share" };
  } else if ("normalize" in spec && spec.normalize === false) {
    info.range = [0, infinite];
    if (info.unit === "share") info.unit = "rows";
  }
  return info;
}

/** Scorers' and short names, and how to write them here. */
export const SUGGESTIONS: Readonly<Record<string, BuiltinMetricName>> = {
  acc: "accuracy_score",
  accuracy: "accuracy_score",
  balanced_accuracy: "balanced_accuracy_score",
  precision: "precision_score",
  ppv: "precision_score",
  recall: "recall_score",
  sensitivity: "recall_score",
  tpr: "recall_score",
  f1: "f1_score",
  f1_macro: "f1_score",
  f1_micro: "f1_score",
  f1_weighted: "f1_score",
  precision_macro: "precision_score",
  precision_micro: "precision_score",
  precision_weighted: "precision_score",
  recall_macro: "recall_score",
  recall_micro: "recall_score",
  recall_weighted: "recall_score",
  fbeta: "fbeta_score",
  f2: "fbeta_score",
  auc: "roc_auc_score",
  auroc: "roc_auc_score",
  roc_auc: "roc_auc_score",
  roc_auc_ovr: "roc_auc_score",
  roc_auc_ovo: "roc_auc_score",
  roc_auc_ovr_weighted: "roc_auc_score",
  roc_auc_ovo_weighted: "roc_auc_score",
  ap: "average_precision_score",
  auprc: "average_precision_score",
  pr_auc: "average_precision_score",
  average_precision: "average_precision_score",
  logloss: "log_loss",
  neg_log_loss: "log_loss",
  cross_entropy: "log_loss",
  brier: "brier_score_loss",
  brier_score: "brier_score_loss",
  neg_brier_score: "brier_score_loss",
  mcc: "matthews_corrcoef",
  matthews: "matthews_corrcoef",
  kappa: "cohen_kappa_score",
  cohen_kappa: "cohen_kappa_score",
  top_k_accuracy: "top_k_accuracy_score",
  confusion: "confusion_matrix",
  mae: "mean_absolute_error",
  neg_mean_absolute_error: "mean_absolute_error",
  mse: "mean_squared_error",
  neg_mean_squared_error: "mean_squared_error",
  rmse: "root_mean_squared_error",
  neg_root_mean_squared_error: "root_mean_squared_error",
  r2: "r2_score",
  explained_variance: "explained_variance_score",
  medae: "median_absolute_error",
  neg_median_absolute_error: "median_absolute_error",
  neg_max_error: "max_error",
  mape: "mean_absolute_percentage_error",
  neg_mean_absolute_percentage_error: "mean_absolute_percentage_error",
  pinball: "mean_pinball_loss",
  neg_mean_pinball_loss: "mean_pinball_loss",
};

/** Every function's name. */
export const METRIC_FUNCTIONS: readonly BuiltinMetricName[] = BuiltinMetric.options.map(
  ({ shape }) => [...shape.metric.values][0] as BuiltinMetricName,
);

/** The function that a name most likely means, or undefined if nothing is near. */
export function suggestMetric(name: string): BuiltinMetricName | undefined {
  const written = name
    .slice(0, 100)
    .toLowerCase()
    .replaceAll("-", "_")
    .replace(/^sklearn\.metrics\./, "");
  if (Object.hasOwn(SUGGESTIONS, written)) return SUGGESTIONS[written];
  const candidates = [...METRIC_FUNCTIONS.map((known) => [known, known] as const), ...Object.entries(SUGGESTIONS)];
  const near = candidates
    .map(([known, means]) => ({ means, steps: distance(written, known), allowed: Math.floor(known.length / 3) }))
    .filter(({ steps, allowed }) => steps <= allowed)
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.means as BuiltinMetricName | undefined;
}
