import { describe, expect, it } from "vitest";
import { checkMetricSpec } from "../../core/metrics/fitness.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import type { DataSpec } from "../../schemas/model-spec.ts";

const classification = { task: "classification", label: "species" } as const;

it("finds nothing wrong with a metric that fits", () => {
  expect(checkMetricSpec({ metric: "recall_score", average: "macro" }, classification)).toBeUndefined();
  expect(checkMetricSpec({ metric: "accuracy_score" }, { task: "custom", label: "answer" })).toBeUndefined();
  expect(checkMetricSpec({ run: "node score.mjs", "greater-is-better": true }, { task: "custom" })).toBeUndefined();
});

it("names the metrics that the task can have instead", () => {
  const found = checkMetricSpec({ metric: "r2_score" }, classification);
  expect(found?.message).toBe("r2_score is not for classification.");
  expect(found?.expected).toContain("accuracy_score");
  expect(checkMetricSpec({ metric: "f1_score" }, { task: "regression", label: "price" })?.hint).toContain(
    "task: classification",
  );
});

it("asks for a label where a metric compares with one", () => {
  expect(checkMetricSpec({ metric: "accuracy_score" }, { task: "custom" })?.hint).toContain("label");
});

it.each<[MetricSpec, RegExp]>([
  [{ metric: "roc_auc_score", multi_class: "ovo", average: "micro" }, /no average: micro/],
  [{ metric: "roc_auc_score", multi_class: "ovr", max_fpr: 0.1 }, /max_fpr is for two classes/],
  [{ metric: "precision_score", labels: ["a"] }, /not used with average: binary/],
  [{ metric: "precision_score", average: "macro", pos_label: "a" }, /pos_label is not used/],
  [{ metric: "confusion_matrix", labels: ["a", "a"] }, /names a class twice/],
  [{ metric: "cohen_kappa_score", labels: ["1", 2] }, /mixes text with numbers/],
])("finds arguments that contradict each other: %o", (metric, message) => {
  expect(checkMetricSpec(metric, classification)?.message).toMatch(message);
});

it("finds a positive class of another kind than the label's", () => {
  const label = { column: "churned", positive: "1" };
  const found = checkMetricSpec({ metric: "f1_score", pos_label: 1 }, { task: "classification", label });
  expect(found?.hint).toContain('pos_label: "1"');
});

describe("a binary average of a label that the spec declares", () => {
  const model = (column: object, label: DataSpec["label"] = "y") =>
    ({ task: "classification", label, columns: { y: column } }) as Parameters<typeof checkMetricSpec>[1];

  it("needs a positive class where the label is text", () => {
    expect(checkMetricSpec({ metric: "f1_score" }, model({ type: "string" }))?.hint).toContain("positive:");
  });

  it.each([
    ["the label names it", { metric: "f1_score" }, model({ type: "string" }, { column: "y", positive: "yes" })],
    ["the metric names it", { metric: "f1_score", pos_label: "yes" }, model({ type: "string" })],
    ["the average is another", { metric: "f1_score", average: "macro" }, model({ type: "string" })],
    ["the label is a number", { metric: "f1_score" }, model({ type: "long" })],
  ] as const)("is fine where %s", (_, metric, about) => {
    expect(checkMetricSpec(metric, about)).toBeUndefined();
  });

  it("needs no more than two classes", () => {
    const three = model({ type: "long", "one-of": [0, 1, 2] });
    expect(checkMetricSpec({ metric: "recall_score" }, three)?.hint).toContain("average: macro");
  });
});
