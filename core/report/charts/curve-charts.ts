import { axis, belowLegend, type ChartFrame, chartSvg, chartText, drawablePoints, legend } from "./chart-svg.ts";
import { LIGHT, seriesStyle } from "./palette.ts";

const MOST_POINTS = 200;
const MOST_MARKERS = 25;
const MOST_CURVES = 8;

/** One curve: a class, or what training logged. Point i is (x[i], y[i]). */
export interface Curve {
  name: string;
  x: readonly number[];
  y: readonly number[];
}

/** ROC: false positive rate (x) against true positive rate (y), one curve a class; the diagonal is chance. */
export function rocChart(curves: readonly Curve[]): string {
  return unitSquare(
    {
      title: "ROC curve",
      subtitle: "Further to the upper left is better; the dashed diagonal is chance.",
      height: 460,
    },
    { x: "False positives, as a share of all negatives", y: "True positives, as a share of all positives" },
    curves,
    { diagonal: true, step: false, markers: false },
  );
}

/** Precision (y) at each recall (x), one curve a class. */
export function precisionRecallChart(curves: readonly Curve[]): string {
  return unitSquare(
    { title: "Precision and recall", subtitle: "Further to the upper right is better.", height: 460 },
    { x: "Recall: share of positives that are found", y: "Precision: share of findings that are right" },
    curves,
    { diagonal: false, step: true, markers: false },
  );
}

/** Mean predicted probability of each bin (x) against the share that was positive (y). */
export function calibrationChart(curves: readonly Curve[]): string {
  return unitSquare(
    {
      title: "Calibration",
      subtitle: "On the dashed diagonal, predicted probabilities come true as often as they say.",
      height: 460,
    },
    { x: "Predicted probability", y: "How often it happened" },
    curves,
    { diagonal: true, step: false, markers: true },
  );
}

function unitSquare(
  frame: ChartFrame,
  names: { x: string; y: string },
  curves: readonly Curve[],
  how: { diagonal: boolean; step: boolean; markers: boolean },
): string {
  const shown = curves.slice(0, MOST_CURVES);
  const labels = distinct(shown.map(({ name }) => chartText(name)));
  const rest = curves.length - shown.length;
  const range = { type: "value", min: 0, max: 1 };
  const diagonal = {
    type: "line",
    data: [
      [0, 0],
      [1, 1],
    ],
    symbol: "none",
    silent: true,
    lineStyle: { color: LIGHT.muted, type: "dashed", width: 1 },
  };
  const lines = shown.map((curve, index) => {
    const { colour, dash, shape } = seriesStyle(index);
    return {
      type: "line",
      name: labels[index],
      data: unitPoints(curve, how.markers ? MOST_MARKERS : MOST_POINTS),
      step: how.step ? "end" : false,
      symbol: how.markers ? shape : "none",
      symbolSize: 8,
      silent: true,
      lineStyle: { color: colour, type: dash, width: 2 },
      itemStyle: { color: colour },
    };
  });
  return chartSvg(rest === 0 ? frame : { ...frame, subtitle: `${frame.subtitle} ${rest} more are not shown.` }, {
    grid: { left: 64, right: 24, top: belowLegend(labels), bottom: 56 },
    legend: legend(labels),
    xAxis: axis(names.x, range),
    yAxis: axis(names.y, { ...range, nameGap: 40 }),
    series: how.diagonal ? [diagonal, ...lines] : lines,
  });
}

/** Legends find a series by its name: names that were cut to the same text are numbered. */
export function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** Within the unit square; what is no number has no point. */
function unitPoints(curve: Curve, most: number): [number, number][] {
  const share = (value: number) => Number(Math.min(1, Math.max(0, value)).toFixed(4));
  return drawablePoints(curve.x, curve.y, most).map(([x, y]) => [share(x), share(y)]);
}
