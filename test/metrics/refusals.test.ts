import { expect, it } from "vitest";
import { SlipwayError } from "../../core/errors.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { asking, classified, estimated, probable, ranked } from "./rows.ts";

function refusal(scored: Scored, metric: MetricSpec): SlipwayError {
  try {
    evaluateMetrics(scored, asking(metric));
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
  throw new Error("was not refused");
}
const result = (scored: Scored, metric: MetricSpec) => evaluateMetrics(scored, asking(metric)).metrics["it"];

it("says how to name the positive class of text labels", () => {
  const error = refusal(classified(["no", "yes"], ["no", "no"]), { metric: "f1_score" });
  expect(error.code).toBe("METRIC_UNFIT");
  expect(error.message).toMatch(/^metrics\.it: /);
  expect(error.problems[0]?.hint).toContain('positive: "yes"');
});

it("says which averages three classes have", () => {
  const error = refusal(classified([0, 1, 2], [0, 1, 2]), { metric: "recall_score" });
  expect(error.problems[0]).toMatchObject({ code: "METRIC_UNFIT", found: "3 classes: 0, 1, 2" });
  expect(error.problems[0]?.hint).toContain("average: macro");
});

it("says which columns to write where probabilities are absent", () => {
  const error = refusal(classified([0, 1], [0, 1]), { metric: "log_loss" });
  expect(error.code).toBe("PREDICTIONS_INVALID");
  expect(error.problems[0]?.hint).toContain("proba_<class>");
});

it("does not take scores for probabilities", () => {
  expect(refusal(ranked([0, 1], [0.2, 0.7]), { metric: "brier_score_loss" }).problems[0]?.found).toBe(
    "scores that are not probabilities",
  );
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses a score of %d, and names the row", (score) => {
  expect(refusal(ranked([0, 1], [0.2, score]), { metric: "roc_auc_score" }).problems[0]?.found).toBe(
    `${score} at id r1`,
  );
});

it("refuses a label that has no probability column", () => {
  const scored = probable(
    ["a", "c"],
    ["a", "b"],
    [
      [1, 0],
      [0, 1],
    ],
  );
  expect(refusal(scored, { metric: "log_loss" }).problems[0]?.hint).toContain("proba_c");
});

it("asks for multi_class where three classes are ranked", () => {
  const scored = probable(
    [0, 1, 2],
    [0, 1, 2],
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  );
  expect(refusal(scored, { metric: "roc_auc_score" }).problems[0]?.hint).toContain("multi_class: ovr");
});

it("refuses numbers that are not classes", () => {
  expect(refusal(classified([0, 1], [0.2, 0.9]), { metric: "accuracy_score" }).problems[0]?.hint).toContain(
    "proba_<class>",
  );
});

it("refuses text beside numbers", () => {
  expect(refusal(classified([0, 1], ["0", "1"]), { metric: "accuracy_score" }).code).toBe("METRIC_UNFIT");
});

it("refuses a prediction that is no number for a metric of errors", () => {
  expect(refusal(estimated([1, 2], [1, Number.NaN]), { metric: "mean_absolute_error" }).code).toBe(
    "PREDICTIONS_INVALID",
  );
});

it("refuses to judge without rows", () => {
  expect(refusal(classified([], []), { metric: "accuracy_score" }).code).toBe("METRIC_UNDEFINED");
});

it("refuses a slice column with a value for every row", () => {
  const labels = Array.from({ length: 150 }, () => 1);
  const scored = classified(labels, labels, { slices: { id: labels.map((_label, row) => row) } });
  const options = asking({ metric: "accuracy_score" }, { slices: ["id"] });
  expect(() => evaluateMetrics(scored, options)).toThrow(/too many values/);
});

it("gives no value, and the reason, where one class alone is to be ranked", () => {
  expect(result(ranked([1, 1], [0.3, 0.4]), { metric: "roc_auc_score" })).toMatchObject({
    value: null,
    reason: expect.stringContaining("one class alone"),
  });
});

it("gives no value where no row is positive, though scikit-learn warns and says 0", () => {
  expect(result(ranked([0, 0], [0.3, 0.4]), { metric: "average_precision_score" })?.value).toBeNull();
});

it("gives what zero_division says where a denominator is zero", () => {
  const scored = classified([0, 0], [0, 0]);
  expect(result(scored, { metric: "precision_score" })?.value).toBe(0);
  expect(result(scored, { metric: "precision_score", zero_division: 1 })?.value).toBe(1);
  expect(result(scored, { metric: "precision_score", zero_division: "nan" })?.value).toBeNull();
});

it("has no r2_score for one row, and none that is infinite", () => {
  expect(result(estimated([1], [1]), { metric: "r2_score" })?.reason).toBe("fewer than two rows");
  expect(result(estimated([2, 2], [1, 2]), { metric: "r2_score", force_finite: false })?.value).toBeNull();
});

it("finds constant labels constant, whatever their mean rounds to", () => {
  const scored = estimated([0.1, 0.1, 0.1], [0.1, 0.2, 0.1]);
  expect(result(scored, { metric: "r2_score" })?.value).toBe(0);
});
