import type { RunResult } from "../../schemas/run-result.ts";
import type { Scored } from "../metrics/scored.ts";
import type { ChartName } from "../report/chart-names.ts";
import { comparisonChart } from "../report/charts/comparison-chart.ts";
import { confusionMatrixChart } from "../report/charts/confusion-matrix-chart.ts";
import { calibrationChart, precisionRecallChart, rocChart } from "../report/charts/curve-charts.ts";
import { residualHistogramChart, residualsChart } from "../report/charts/residual-charts.ts";
import { loggedCurves, trainingCurves } from "../report/charts/run-curves.ts";
import { trainingCurvesChart } from "../report/charts/training-curves-chart.ts";
import type { CurvePoint } from "../runtime/curves.ts";
import { type RowCurves, rowCurves } from "./row-curves.ts";

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
  if (training.length > 0) charts["training-curves"] = trainingCurvesChart(trainingCurves({ curves: [...training] }));
  const tracked = loggedCurves({ logged: run.tracked });
  if (tracked.length > 0) charts["tracked-curves"] = trainingCurvesChart(tracked, "What the program logged itself");
  return scored === undefined ? charts : { ...charts, ...drawRows(rowCurves(scored)) };
}

/** The charts of predicted rows. */
export function drawRows(curves: RowCurves): Partial<Record<ChartName, string>> {
  const { roc, calibration, residuals, "precision-recall": recall } = curves;
  return {
    ...(roc ? { roc: rocChart(roc) } : {}),
    ...(recall ? { "precision-recall": precisionRecallChart(recall) } : {}),
    ...(calibration ? { calibration: calibrationChart(calibration) } : {}),
    ...(residuals
      ? { residuals: residualsChart(residuals), "residual-histogram": residualHistogramChart(residuals) }
      : {}),
  };
}
