/** The charts that a report can show, in order, with what a reader who cannot see them is told. */
export const CHARTS = {
  comparison: "Candidate against production, with intervals",
  "confusion-matrix": "Confusion matrix: true classes against predicted ones",
  roc: "ROC curve",
  "precision-recall": "Precision and recall",
  calibration: "Calibration: predicted probability against what happened",
  residuals: "Predicted values against true ones",
  "residual-histogram": "How far predictions are off",
  "training-curves": "Training curves",
  "tracked-curves": "What the program logged itself, by step",
} as const;
export type ChartName = keyof typeof CHARTS;
