import { expect, it } from "vitest";
import { checkGate } from "../../core/gates/check-gate.ts";
import { definitionOf } from "../../core/metrics/definition.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import type { BuiltinMetric } from "../../schemas/metric-spec.ts";
import { evaluation } from "../gates/evidence.ts";
import { asking, probable } from "./rows.ts";

const AUC: BuiltinMetric = { metric: "roc_auc_score", multi_class: "ovr", average: "micro" };
const LABELS = Array.from({ length: 30 }, (_, row) => ["a", "b", "c"][row % 3] as string);

/** A model that knows nothing, with columns of so many classes that no row has. */
function guessing(idle: number) {
  const classes = ["a", "b", "c", ...Array.from({ length: idle }, (_, n) => `idle ${n + 10}`)];
  const row = classes.map((_, place) => (place < 3 ? 1 / 3 : 0));
  return probable(
    LABELS,
    classes,
    LABELS.map(() => row),
  );
}

const floor = (metric: BuiltinMetric, idle: number) => {
  const { metrics } = evaluateMetrics(guessing(idle), asking(metric));
  const gate = { metric: "it", "at-least": 0.9 };
  const asked = { gate, origin: "policy" as const, definition: definitionOf(metric, undefined) };
  return checkGate(asked, { evaluation: evaluation(metrics), comparisons: [], tries: [] });
};

it("does not let columns of classes that no row has lift a micro-averaged ROC AUC over a floor", () => {
  expect(evaluateMetrics(guessing(100), asking(AUC)).metrics["it"]?.value).toBeGreaterThan(0.98);
  expect(floor(AUC, 100)).toMatchObject({ verdict: "inconclusive", reason: "METRIC_DIFFERS" });
});

it("answers the floor where each column's class has rows", () => {
  expect(floor(AUC, 0)).toMatchObject({ verdict: "fail", value: 0.5 });
});

it.each<BuiltinMetric>([
  { metric: "roc_auc_score", multi_class: "ovo" },
  { metric: "roc_auc_score", multi_class: "ovr", average: "weighted" },
  { metric: "log_loss" },
  { metric: "brier_score_loss" },
  { metric: "top_k_accuracy_score" },
])("gains nothing by such columns otherwise: %o", (metric) => {
  const { greater_is_better: up, value: none } = evaluateMetrics(guessing(0), asking(metric)).metrics["it"] ?? {};
  const many = evaluateMetrics(guessing(100), asking(metric)).metrics["it"]?.value ?? Number.NaN;
  expect((up ? 1 : -1) * (many - (none ?? Number.NaN))).toBeLessThan(1e-9);
});
