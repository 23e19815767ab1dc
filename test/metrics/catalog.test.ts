import { expect, it } from "vitest";
import { metricInfo } from "../../core/metrics/catalog.ts";
import { suggestMetric } from "../../core/metrics/suggest-metric.ts";

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

it("knows direction and needs", () => {
  expect(metricInfo({ metric: "log_loss" })).toMatchObject({
    greaterIsBetter: false,
    needs: ["labels", "probabilities"],
  });
  expect(metricInfo({ run: "x", "greater-is-better": false })).toMatchObject({
    function: "own",
    greaterIsBetter: false,
  });
});
