import { SlipwayError } from "../errors.ts";
import { type ClassCurve, calibrationCurves, precisionRecallCurves, residuals, rocCurves } from "../metrics/curves.ts";
import type { Scored } from "../metrics/scored.ts";
import type { Curve } from "../report/charts/curve-charts.ts";

const POINTS = 200;
const BINS = 10;

/** What charts draw of predicted rows; absent where the predictions hold nothing of it. */
export interface RowCurves {
  roc?: Curve[];
  "precision-recall"?: Curve[];
  calibration?: Curve[];
  residuals?: ReturnType<typeof residuals>;
}

/** Curves over the rows of a classification, or the residuals of a regression. */
export function rowCurves(scored: Scored): RowCurves {
  if (scored.task === "regression") return { residuals: residuals(scored, POINTS * 5) };
  if (scored.task !== "classification") return {};
  const roc = curves(() => rocCurves(scored, POINTS));
  const recall = curves(() => precisionRecallCurves(scored, POINTS));
  const calibration = curves(() => calibrationCurves(scored, BINS, "quantile"));
  return {
    ...(roc ? { roc } : {}),
    ...(recall ? { "precision-recall": recall } : {}),
    ...(calibration ? { calibration } : {}),
  };
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
