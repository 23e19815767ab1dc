import fc from "fast-check";
import { expect, it } from "vitest";
import { compileMetric, frameOf } from "../../core/metrics/compile.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import { selectRows } from "../../core/metrics/slices.ts";
import { type Draw, everyRow } from "../../core/metrics/statistic.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { estimated, probable } from "./rows.ts";

const CLASSES = ["ash", "birch", "cedar"];
const CLASS_METRICS: MetricSpec[] = [
  { metric: "accuracy_score" },
  { metric: "balanced_accuracy_score" },
  { metric: "precision_score", average: "macro" },
  { metric: "recall_score", average: "weighted", zero_division: "nan" },
  { metric: "fbeta_score", beta: 2, average: "micro", labels: ["birch", "cedar"] },
  { metric: "matthews_corrcoef" },
  { metric: "cohen_kappa_score", weights: "linear" },
  { metric: "roc_auc_score", multi_class: "ovr" },
  { metric: "roc_auc_score", multi_class: "ovr", average: "micro" },
  { metric: "roc_auc_score", multi_class: "ovo", average: "weighted" },
  { metric: "average_precision_score" },
  { metric: "log_loss" },
  { metric: "brier_score_loss" },
  { metric: "top_k_accuracy_score" },
];
const ERROR_METRICS: MetricSpec[] = [
  { metric: "mean_absolute_error" },
  { metric: "root_mean_squared_error" },
  { metric: "r2_score" },
  { metric: "explained_variance_score" },
  { metric: "median_absolute_error" },
  { metric: "max_error" },
  { metric: "mean_pinball_loss", alpha: 0.2 },
];

const classRow = fc.record({
  truth: fc.nat(2),
  prediction: fc.nat(2),
  weights: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  times: fc.nat(3),
});
const classRows = fc.array(classRow, { minLength: 3, maxLength: 30 });
const errorRow = fc.record({
  truth: fc.integer({ min: -20, max: 20 }),
  prediction: fc.integer({ min: -20, max: 20 }),
  times: fc.nat(3),
});
const errorRows = fc.array(errorRow, { minLength: 2, maxLength: 30 });

const name = (place: number) => CLASSES[place] as string;
const ofClasses = (rows: { truth: number; prediction: number; weights: number[] }[]): Scored => {
  const shares = rows.map(({ weights }) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
  return {
    ...probable(
      rows.map(({ truth }) => name(truth)),
      CLASSES,
      shares,
    ),
    predictions: rows.map(({ prediction }) => name(prediction)),
  };
};
const ofErrors = (rows: { truth: number; prediction: number }[]): Scored =>
  estimated(
    rows.map(({ truth }) => truth),
    rows.map(({ prediction }) => prediction),
  );

const value = (scored: Scored, metric: MetricSpec, draw?: Draw): number =>
  compileMetric("it", metric, frameOf(scored)).parts[0]?.statistic.value(draw ?? everyRow(scored.ids.length)) ??
  Number.NaN;
const drawing = (times: number[]): Draw => ({
  id: 1,
  counts: Uint16Array.from(times),
  total: times.reduce((sum, n) => sum + n, 0),
});
const repeated = (scored: Scored, times: number[]): Scored =>
  selectRows(
    scored,
    times.flatMap((n, row) => Array.from({ length: n }, () => row)),
  );
const close = (a: number, b: number) => (Number.isFinite(a) ? expect(a).toBeCloseTo(b, 9) : expect(b).toBe(a));

it.each(CLASS_METRICS)("counts a row twice as if it stood there twice: %o", (metric) => {
  fc.assert(
    fc.property(classRows, (rows) => {
      const times = rows.map((row) => row.times);
      fc.pre(times.some((n) => n > 0));
      const scored = ofClasses(rows);
      close(value(scored, metric, drawing(times)), value(repeated(scored, times), metric));
    }),
    { numRuns: 60 },
  );
});

it.each(ERROR_METRICS)("counts a row twice as if it stood there twice: %o", (metric) => {
  fc.assert(
    fc.property(errorRows, (rows) => {
      const times = rows.map((row) => row.times);
      fc.pre(times.some((n) => n > 0));
      const scored = ofErrors(rows);
      close(value(scored, metric, drawing(times)), value(repeated(scored, times), metric));
    }),
    { numRuns: 60 },
  );
});

it("does not care for the order of rows", () => {
  fc.assert(
    fc.property(classRows, (rows) => {
      for (const metric of CLASS_METRICS)
        close(value(ofClasses([...rows].reverse()), metric), value(ofClasses(rows), metric));
    }),
    { numRuns: 30 },
  );
});

it("mirrors the area under the ROC curve where the other class is called positive", () => {
  const ranked = fc.array(fc.record({ truth: fc.nat(1), score: fc.nat(9) }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(ranked, (rows) => {
      const scores = { values: Float64Array.from(rows, ({ score }) => score) };
      const scored = {
        ...estimated([], []),
        ids: rows.map((_row, i) => String(i)),
        labels: rows.map(({ truth }) => truth),
        scores,
      };
      const auc = (positive: number) => value({ ...scored, positive }, { metric: "roc_auc_score" });
      close(auc(0), 1 - auc(1));
    }),
  );
});

it("makes micro-averaged recall and accuracy one", () => {
  fc.assert(
    fc.property(classRows, (rows) => {
      const scored = ofClasses(rows);
      close(value(scored, { metric: "recall_score", average: "micro" }), value(scored, { metric: "accuracy_score" }));
    }),
  );
});

it("moves errors with the unit of the label, and r2_score not", () => {
  fc.assert(
    fc.property(errorRows, (rows) => {
      const scaled = rows.map(({ truth, prediction }) => ({ truth: 3 * truth, prediction: 3 * prediction }));
      const both = (metric: MetricSpec) => [value(ofErrors(scaled), metric), value(ofErrors(rows), metric)] as const;
      const [large, small] = both({ metric: "root_mean_squared_error" });
      close(large, 3 * small);
      close(...both({ metric: "r2_score" }));
    }),
  );
});
