import { expect, it } from "vitest";
import { metVersions } from "../../core/ledger/met-versions.ts";
import type { Comparison, MetricComparison } from "../../schemas/evaluation.ts";
import { digest } from "../registry/builders.ts";

const metric = (baseline: number): MetricComparison => ({
  ...{ candidate: 0.9, baseline, greater_is_better: true },
  difference: { value: 0.9 - baseline },
});
const comparison = (predictions: Comparison["predictions"], baseline: number, time = 1): Comparison => ({
  ...{ stage: "production", version: 1, predictions, rows: 100 },
  metrics: { accuracy: metric(baseline), predict_ms_per_row: metric(time) },
});
const metIn = (made: Comparison) =>
  metVersions([made], () => ({ predictions: { uri: "", sha256: digest(1), size: 1 } }));

it("tells a version whose predictions are kept by these", () => {
  expect(metIn(comparison("kept", 0.8))).toEqual([{ stage: "production", version: 1, predictions: digest(1) }]);
});

it("tells a version that predicted again by what came of it, whatever time it took", () => {
  const met = metIn(comparison("recomputed", 0.8));
  expect(metIn(comparison("recomputed", 0.8, 7))).toEqual(met);
  expect(metIn(comparison("recomputed", 0.7))).not.toEqual(met);
  expect(met).not.toEqual(metIn(comparison("kept", 0.8)));
});

it("leaves out what was compared with nothing", () => {
  expect(metIn(comparison("unavailable", 0.8))).toEqual([]);
});
