import { expect, it } from "vitest";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { asking, classified, estimated, probable, ranked } from "./rows.ts";

// Expected values are scikit-learn 1.9.1's own, printed in full; the width of it is in tools/conformance/sklearn.ts.
const species = classified(["a", "b", "c", "a", "b", "c", "a"], ["a", "c", "c", "a", "b", "a", "b"]);
const churn = classified([0, 1, 1, 0, 1, 1], [0, 1, 0, 1, 1, 1]);
const result = (scored: Scored, metric: MetricSpec) => evaluateMetrics(scored, asking(metric)).metrics["it"];

it.each<[MetricSpec, number]>([
  [{ metric: "accuracy_score" }, 0.5714285714285714],
  [{ metric: "accuracy_score", normalize: false }, 4],
  [{ metric: "balanced_accuracy_score" }, 0.5555555555555555],
  [{ metric: "balanced_accuracy_score", adjusted: true }, 0.3333333333333332],
  [{ metric: "precision_score", average: "macro" }, 0.5555555555555555],
  [{ metric: "recall_score", average: "weighted" }, 0.5714285714285714],
  [{ metric: "f1_score", average: "micro" }, 0.5714285714285714],
  [{ metric: "fbeta_score", beta: 0.5, average: "macro", labels: ["a", "c"] }, 0.5833333333333333],
  [{ metric: "matthews_corrcoef" }, 0.34375],
  [{ metric: "cohen_kappa_score" }, 0.34375],
  [{ metric: "cohen_kappa_score", weights: "quadratic" }, 0.38235294117647056],
])("gives scikit-learn's value for three classes: %o", (metric, expected) => {
  expect(result(species, metric)?.value).toBeCloseTo(expected, 12);
});

it.each<[MetricSpec, number]>([
  [{ metric: "mean_absolute_error" }, 0.5],
  [{ metric: "mean_squared_error" }, 0.375],
  [{ metric: "root_mean_squared_error" }, 0.6123724356957945],
  [{ metric: "r2_score" }, 0.9486081370449679],
  [{ metric: "explained_variance_score" }, 0.9571734475374732],
  [{ metric: "median_absolute_error" }, 0.5],
  [{ metric: "max_error" }, 1],
  [{ metric: "mean_absolute_percentage_error" }, 0.3273809523809524],
  [{ metric: "mean_pinball_loss", alpha: 0.1 }, 0.35],
])("gives scikit-learn's value for numbers: %o", (metric, expected) => {
  expect(result(estimated([3, -0.5, 2, 7], [2.5, 0, 2, 8]), metric)?.value).toBeCloseTo(expected, 12);
});

it.each<[MetricSpec, number]>([
  [{ metric: "roc_auc_score" }, 0.75],
  [{ metric: "average_precision_score" }, 0.8333333333333333],
  [{ metric: "roc_auc_score", max_fpr: 0.5 }, 0.6666666666666666],
  [{ metric: "top_k_accuracy_score", k: 1 }, 0.75],
])("gives scikit-learn's value for ranked scores: %o", (metric, expected) => {
  expect(result(ranked([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), metric)?.value).toBeCloseTo(expected, 12);
});

it("counts tied scores half in the area under the ROC curve", () => {
  expect(result(ranked([0, 1, 0, 1], [1, 1, 1, 1]), { metric: "roc_auc_score" })?.value).toBe(0.5);
});

it("gives the log loss and the Brier score of text classes, without a positive class", () => {
  const scored = probable(
    ["no", "yes"],
    ["no", "yes"],
    [
      [0.9, 0.1],
      [0.2, 0.8],
    ],
  );
  expect(result(scored, { metric: "log_loss" })?.value).toBeCloseTo(0.164252033486018, 12);
  expect(result(scored, { metric: "brier_score_loss" })?.value).toBeCloseTo(0.025, 12);
});

it("keeps a log loss finite for a class that was given no chance", () => {
  const scored = probable(
    [1, 0],
    [0, 1],
    [
      [1, 0],
      [1, 0],
    ],
  );
  expect(result(scored, { metric: "log_loss" })?.value).toBeCloseTo(-Math.log(Number.EPSILON) / 2, 9);
});

it("takes true for 1, as numpy does", () => {
  const booleans = classified([true, false, true], [true, true, false]);
  expect(result(booleans, { metric: "precision_score" })?.value).toBe(0.5);
});

it("takes the spec's positive class, and the metric's before it", () => {
  const scored = { ...churn, positive: 0 };
  expect(result(scored, { metric: "precision_score" })?.value).toBe(0.5);
  expect(result(scored, { metric: "precision_score", pos_label: 1 })?.value).toBe(0.75);
});

it("gives one value per class with average: none, in the order of `labels`", () => {
  const found = result(species, { metric: "recall_score", average: "none", labels: ["c", "a"] });
  expect(found?.value).toBeNull();
  expect(found?.classes).toEqual([
    { class: "c", value: 0.5 },
    { class: "a", value: 2 / 3 },
  ]);
});

it("gives the confusion matrix as a matrix, and no value to gate on", () => {
  const found = result(churn, { metric: "confusion_matrix", normalize: "true" });
  expect(found).toMatchObject({
    value: null,
    matrix: {
      labels: ["0", "1"],
      values: [
        [0.5, 0.5],
        [0.25, 0.75],
      ],
    },
  });
});

it("takes the mean of a metric of one's own", () => {
  const own = { readability: Float64Array.of(1, 2, 6) };
  const options = asking({ metric: "accuracy_score" });
  const metrics = { readability: { run: "node score.mjs", "greater-is-better": true } };
  const found = evaluateMetrics(classified([], ["x", "y", "z"], { ids: ["1", "2", "3"], task: "custom", own }), {
    ...options,
    metrics,
  });
  expect(found.metrics["readability"]).toEqual({ value: 3, function: "own", greater_is_better: true });
});

it("names the classes of a classification in numpy's order", () => {
  const scored = classified(["z", "\u{1F427}", "\uFF5A"], ["Z", "Z", "Z"]);
  expect(evaluateMetrics(scored, asking({ metric: "accuracy_score" })).classes).toEqual([
    "Z",
    "z",
    "\uFF5A",
    "\u{1F427}",
  ]);
});
