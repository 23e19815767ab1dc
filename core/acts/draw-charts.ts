import type { RunResult } from "../../schemas/run-result.ts";
import { SlipwayError } from "../errors.ts";
import { type ClassCurve, calibrationCurves, precisionRecallCurves, residuals, rocCurves } from "../metrics/curves.ts";
import type { Scored } from "../metrics/scored.ts";
import type { ChartName } from "../report/chart-names.ts";
import { comparisonChart } from "../report/charts/comparison-chart.ts";
import { confusionMatrixChart } from "../report/charts/confusion-matrix-chart.ts";
import { type Curve, calibrationChart, precisionRecallChart, rocChart } from "../report/charts/curve-charts.ts";
import { residualHistogramChart, residualsChart } from "../report/charts/residual-charts.ts";
import { trainingCurvesChart } from "../report/charts/training-curves-chart.ts";
import type { CurvePoint } from "../runtime/curves.ts";

const POINTS = 200;
const BINS = 10;

/**
 * Every chart that a run has the numbers for, as SVG, by its name. Curves and residuals show each row: they are not drawn where
 * values are in steps.
 */
export function drawCharts(run: RunResult, rows: Scored | undefined, training: readonly CurvePoint[]) {
  const charts: Partial<Record<ChartName, string>> = {};
  const { evaluation } = run;
  const scored = evaluation?.values === "steps" ? undefined : rows;
  const compared = evaluation?.comparisons.find(({ metrics }) => Object.keys(metrics).length > 0);
  if (compared) charts.comparison = comparisonChart(compared);
  const matrix = Object.values(evaluation?.metrics ?? {}).find((metric) => metric.matrix)?.matrix;
  if (matrix) charts["confusion-matrix"] = confusionMatrixChart(matrix);
  if (training.length > 0) charts["training-curves"] = trainingCurvesChart(trainingCurves(training));
  const tracked = trackedCurves(run);
  if (tracked.length > 0) charts["tracked-curves"] = trainingCurvesChart(tracked, "What the program logged itself");
  if (scored?.task === "classification") {
    const roc = curves(() => rocCurves(scored, POINTS));
    if (roc) charts.roc = rocChart(roc);
    const recall = curves(() => precisionRecallCurves(scored, POINTS));
    if (recall) charts["precision-recall"] = precisionRecallChart(recall);
    const calibration = curves(() => calibrationCurves(scored, BINS, "quantile"));
    if (calibration) charts.calibration = calibrationChart(calibration);
  }
  if (scored?.task === "regression") {
    const errors = residuals(scored, POINTS * 5);
    charts.residuals = residualsChart(errors);
    charts["residual-histogram"] = residualHistogramChart(errors);
  }
  return charts;
}

/** Undefined where the predictions hold no ranking or probability to draw: that is no error. */
function curves(of: () => ClassCurve[]): Curve[] | undefined {
  try {
    const found = of().map(({ class: name, x, y }) => ({ name, x, y }));
    return found.length > 0 ? found : undefined;
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}

/** Of metrics that were logged more than once; the runs' names stand before theirs where there are several. */
function trackedCurves({ tracked }: RunResult): Curve[] {
  const runs = (tracked?.runs ?? []).map(({ name, metrics }) => ({
    name,
    curves: metrics.filter(({ points }) => points.length > 1),
  }));
  const several = runs.filter(({ curves }) => curves.length > 0).length > 1;
  return runs.flatMap(({ name: run, curves }) =>
    curves.map(({ name, points }) => ({
      name: several ? `${run}: ${name}` : name,
      x: points.map(([step]) => step),
      y: points.map(([, value]) => value),
    })),
  );
}

function trainingCurves(points: readonly CurvePoint[]): Curve[] {
  const names = [...new Set(points.flatMap((point) => Object.keys(point)))].filter((name) => name !== "step");
  return names.map((name) => {
    const own = points.filter((point) => point[name] !== undefined);
    return { name, x: own.map(({ step }) => step), y: own.map((point) => point[name] as number) };
  });
}
