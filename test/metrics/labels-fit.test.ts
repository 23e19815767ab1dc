import { describe, expect, it } from "vitest";
import { missingClasses, refuseUnfitLabels } from "../../core/metrics/labels-fit.ts";
import type { Value } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";

const place = () => ({ file: "models/m/model.yaml", line: 9, column: 3 });
const ask = (metric: MetricSpec, test: Value[], train: Value[] = test, positive?: Value) =>
  refuseUnfitLabels({ task: "classification", metrics: { m: metric }, classes: { train, test }, positive, place });

describe("labels refuse a metric before anything is trained", () => {
  it.each<[string, MetricSpec, Value[]]>([
    ["a text label without a positive class", { metric: "f1_score" }, ["no", "yes"]],
    ["a positive class that is not there", { metric: "recall_score", pos_label: "maybe" }, ["no", "yes"]],
    ["numbers without 1", { metric: "precision_score" }, [0, 2]],
    ["three classes and average: binary", { metric: "fbeta_score", beta: 2 }, [0, 1, 2]],
    ["three classes without multi_class", { metric: "roc_auc_score" }, ["a", "b", "c"]],
  ])("%s", (_, metric, classes) => {
    expect(() => ask(metric, classes)).toThrow(
      expect.objectContaining({
        code: "METRIC_UNFIT",
        message: expect.stringMatching(/^metrics\.m: /),
        problems: [expect.objectContaining({ file: "models/m/model.yaml", line: 9, column: 3 })],
      }),
    );
  });

  it.each<[string, MetricSpec, Value[], Value[], Value | undefined]>([
    ["a positive class in the spec", { metric: "f1_score" }, ["no", "yes"], ["no", "yes"], "yes"],
    ["0 and 1", { metric: "f1_score" }, [0, 1], [0, 1], undefined],
    ["booleans", { metric: "f1_score" }, [false, true], [false, true], undefined],
    ["another average", { metric: "f1_score", average: "macro" }, ["a", "b", "c"], ["a", "b", "c"], undefined],
    ["a test set that lacks the positive class", { metric: "f1_score" }, ["no"], ["no", "yes"], "yes"],
    ["probabilities", { metric: "log_loss" }, ["a", "b"], ["a", "b", "c"], undefined],
    [
      "labels that only predictions may hold",
      { metric: "log_loss", labels: ["a", "b", "c"] },
      ["a", "b"],
      ["a", "b"],
      undefined,
    ],
    ["a metric of one's own", { run: "x", "greater-is-better": true }, [0, 1], [0, 1], undefined],
  ])("but not %s", (_, metric, test, train, positive) => {
    expect(() => ask(metric, test, train, positive)).not.toThrow();
  });
});

it("names classes that one set lacks", () => {
  expect(missingClasses({ train: ["a", "b"], test: ["b", "c"] })).toEqual({ untested: ["a"], untrained: ["c"] });
  expect(missingClasses({ test: ["b"] })).toEqual({ untested: [], untrained: [] });
});
