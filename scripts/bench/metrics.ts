// Measures core/metrics on 100,000 predictions with 1,000 resamples. By itself: npx tsx scripts/bench/metrics.ts
import { fileURLToPath } from "node:url";
import { compareMetrics } from "../../core/metrics/compare.ts";
import { type EvaluateOptions, evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { randomBits } from "../../core/metrics/random.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";

export interface Measurement {
  name: string;
  seconds: number;
  /** Peak memory of the process so far, in MB. */
  megabytes: number;
}

const ERRORS: MetricSpec[] = [
  { metric: "mean_absolute_error" },
  { metric: "mean_squared_error" },
  { metric: "root_mean_squared_error" },
  { metric: "r2_score" },
  { metric: "explained_variance_score" },
  { metric: "median_absolute_error" },
  { metric: "max_error" },
  { metric: "mean_absolute_percentage_error" },
  { metric: "mean_pinball_loss" },
];

/** Every function once, for two classes, ten classes and numbers; and a comparison of all for two classes. */
export function measureMetrics(rows = 100_000, resamples = 1_000): Measurement[] {
  const two = classes(rows, 2);
  const measured = (name: string, act: () => unknown): Measurement => {
    const start = performance.now();
    act();
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    return { name, seconds: (performance.now() - start) / 1000, megabytes };
  };
  return [
    measured("15 metrics, two classes", () => evaluateMetrics(two, options(classMetrics(2), resamples))),
    measured("15 metrics, ten classes", () => evaluateMetrics(classes(rows, 10), options(classMetrics(10), resamples))),
    measured("9 metrics, numbers", () => evaluateMetrics(numbers(rows), options(ERRORS, resamples))),
    measured("15 metrics compared, two classes", () =>
      compareMetrics(two, classes(rows, 2, 9), options(classMetrics(2), resamples)),
    ),
  ];
}

function classMetrics(k: number): MetricSpec[] {
  const average = k === 2 ? "binary" : "macro";
  const ranking: MetricSpec[] = [{ metric: "roc_auc_score", ...(k === 2 ? {} : { multi_class: "ovr" as const }) }];
  ranking.push(k === 2 ? { metric: "roc_auc_score", max_fpr: 0.1 } : { metric: "roc_auc_score", multi_class: "ovo" });
  return [
    ...ranking,
    { metric: "accuracy_score" },
    { metric: "balanced_accuracy_score" },
    { metric: "precision_score", average },
    { metric: "recall_score", average },
    { metric: "f1_score", average },
    { metric: "fbeta_score", beta: 2, average },
    { metric: "average_precision_score" },
    { metric: "log_loss" },
    { metric: "brier_score_loss" },
    { metric: "matthews_corrcoef" },
    { metric: "cohen_kappa_score" },
    { metric: "top_k_accuracy_score" },
    { metric: "confusion_matrix" },
  ];
}

function options(metrics: MetricSpec[], resamples: number): EvaluateOptions {
  const named = Object.fromEntries(metrics.map((metric, i) => [`metric_${i}`, metric]));
  return { metrics: named, slices: [], confidences: [0.95], resamples, seed: 1 };
}

function classes(n: number, k: number, seed = 1): Scored {
  const truth = randomBits(7);
  const bits = randomBits(seed);
  const labels = Array.from({ length: n }, () => truth() % k);
  const values = new Float64Array(n * k);
  const predictions = labels.map((label, row) => {
    const raw = Array.from({ length: k }, (_none, place) => bits() / 4294967296 + (place === label ? 0.4 : 0));
    const sum = raw.reduce((total, value) => total + value, 0);
    raw.forEach((value, place) => {
      values[row * k + place] = value / sum;
    });
    return raw.indexOf(Math.max(...raw));
  });
  const known = Array.from({ length: k }, (_none, place) => place);
  return { ...nothing(n), task: "classification", labels, predictions, probabilities: { classes: known, values } };
}

function numbers(n: number): Scored {
  const bits = randomBits(3);
  const labels = Array.from({ length: n }, () => 1 + bits() / 2 ** 29);
  const predictions = labels.map((label) => label + bits() / 2 ** 32 - 0.4);
  return { ...nothing(n), task: "regression", labels, predictions };
}

function nothing(n: number): Pick<Scored, "ids" | "slices" | "own"> {
  return { ids: Array.from({ length: n }, (_none, row) => String(row)), slices: {}, own: {} };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { name, seconds, megabytes } of measureMetrics()) {
    console.log(`${name}: ${seconds.toFixed(1)} s, peak ${megabytes} MB`);
  }
}
