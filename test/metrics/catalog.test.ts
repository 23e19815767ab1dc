import { expect, it } from "vitest";
import { METRIC_FUNCTIONS, metricInfo, SUGGESTIONS, suggestMetric } from "../../core/metrics/catalog.ts";

it.each([
  ["f1", "f1_score"],
  ["neg_log_loss", "log_loss"],
  ["auc", "roc_auc_score"],
  ["RMSE", "root_mean_squared_error"],
  ["sklearn.metrics.r2_score", "r2_score"],
  ["acuracy_score", "accuracy_score"],
  ["mean_absolute_eror", "mean_absolute_error"],
  ["roc-auc", "roc_auc_score"],
])("takes %s for %s", (written, meant) => {
  expect(suggestMetric(written)).toBe(meant);
});

it.each(["", "readability", "constructor", "x".repeat(10_000)])(
  "has nothing to suggest for what is near nothing",
  (written) => {
    expect(suggestMetric(written)).toBeUndefined();
  },
);

it("suggests functions that there are", () => {
  expect(Object.values(SUGGESTIONS).filter((name) => !METRIC_FUNCTIONS.includes(name))).toEqual([]);
});

it("knows direction, range and needs with the arguments taken into account", () => {
  expect(metricInfo({ metric: "log_loss" })).toMatchObject({
    greaterIsBetter: false,
    needs: ["labels", "probabilities"],
  });
  expect(metricInfo({ metric: "balanced_accuracy_score", adjusted: true }).range).toEqual([-1, 1]);
  expect(metricInfo({ metric: "accuracy_score", normalize: false })).toMatchObject({
    range: [0, Infinity],
    unit: "rows",
  });
  expect(metricInfo({ metric: "recall_score", average: "none" }).scalar).toBe(false);
  expect(metricInfo({ metric: "confusion_matrix" }).scalar).toBe(false);
  expect(metricInfo({ run: "x", "greater-is-better": false })).toMatchObject({
    function: "own",
    greaterIsBetter: false,
  });
});
