// core/metrics on 100,000 predictions with the bounds of an interval at each level; the values alone beside scikit-learn's.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compareMetrics } from "../../core/metrics/compare.ts";
import { type EvaluateOptions, evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { installedScikitLearn, SCIKIT_LEARN } from "../conformance/real-tools.ts";
import { randomBits } from "../random-bits.ts";
import { type BenchOptions, inSeconds, type Measurement, repeat, type Timing, timed, timingOf } from "./measurement.ts";

const run = promisify(execFile);
const ROWS = 100_000;
const SIZE = `${ROWS} rows`;
/** "In seconds", as a number: less than a minute. */
const TARGET = 60;

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
export async function bench({ folder }: BenchOptions): Promise<Measurement[]> {
  const two = classes(ROWS, 2);
  const [ten, other, errors] = [classes(ROWS, 10), classes(ROWS, 2, 9), numbers(ROWS)];
  const kinds: [string, Scored, MetricSpec[]][] = [
    ["15 metrics, two classes", two, classMetrics(2)],
    ["15 metrics, ten classes", ten, classMetrics(10)],
    ["9 metrics, numbers", errors, ERRORS],
  ];
  const measured: Measurement[] = [];
  for (const [what, scored, metrics] of kinds) {
    const timing = await repeat(5, async () => evaluateMetrics(scored, options(metrics, [])));
    measured.push({
      what: `${what}: values`,
      size: SIZE,
      bound: BOUND,
      ...beside(timing, await sklearn(folder, scored, metrics)),
    });
  }
  const bounded: [string, () => unknown][] = [
    ...kinds.map(([what, scored, metrics]): [string, () => unknown] => [
      `${what}: bounds`,
      () => evaluateMetrics(scored, options(metrics, LEVELS)),
    ]),
    ["compared, two classes: bounds", () => compareMetrics(two, other, options(classMetrics(2), LEVELS))],
  ];
  for (const [what, act] of bounded) {
    const times: number[] = [];
    while (times.length < 3) times.push(await timed(async () => act()));
    const timing = inSeconds(timingOf(times));
    const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    measured.push({ what, size: SIZE, target: TARGET, bound: BOUND, peakMiB, ...timing });
  }
  return measured;
}

const BOUND = "arithmetic on one core";

/** Milliseconds of scikit-learn for the same functions on the same rows, each call timed in Python, reading left out. */
async function sklearn(folder: string, scored: Scored, metrics: readonly MetricSpec[]): Promise<number> {
  const rows = join(folder, "rows.json");
  const { labels, predictions, probabilities } = scored;
  const values = Array.from(probabilities?.values ?? []);
  await writeFile(rows, JSON.stringify({ labels, predictions, values, metrics }));
  const script = fileURLToPath(new URL("sklearn_times.py", import.meta.url));
  const { stdout } = await run(await installedScikitLearn(), [script, rows], { timeout: 300_000 });
  return (JSON.parse(stdout) as { median: number }).median * 1_000;
}

function beside(timing: Timing, median: number): Pick<Measurement, keyof Timing | "unit" | "peer"> {
  const peer = { what: `scikit-learn ${SCIKIT_LEARN}`, median, ratio: median / timing.median };
  return { ...timing, unit: "ms", peer };
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

function options(metrics: MetricSpec[], levels: readonly number[]): EvaluateOptions {
  const named = Object.fromEntries(metrics.map((metric, i) => [`metric_${i}`, metric]));
  return { metrics: named, slices: [], levels };
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
