import { formatNumber } from "../../gates/number-words.ts";
import { axis, chartSvg, drawablePoints, isDrawable } from "./chart-svg.ts";
import { LIGHT } from "./palette.ts";

const MOST_POINTS = 800;
const HALF = 10;

/** True and predicted values of test rows, in the label's unit. */
export interface Predicted {
  truth: readonly number[];
  predicted: readonly number[];
}

/** True values (x) against predicted ones (y); at most 800 rows, evenly chosen. */
export function residualsChart({ truth, predicted }: Predicted): string {
  const shown = drawablePoints(truth, predicted, MOST_POINTS);
  const all = shown.flat();
  const [low, high] =
    all.length === 0 ? [0, 1] : [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  const part = shown.length < truth.length ? ` ${shown.length} of ${truth.length} rows.` : "";
  return chartSvg(
    {
      title: "Predicted against true values",
      subtitle: `On the dashed diagonal a prediction is right; above it is too high.${part}`,
      height: 480,
    },
    {
      grid: { left: 84, right: 32, top: 72, bottom: 56 },
      xAxis: axis("True value", { type: "value", scale: true }),
      yAxis: axis("Predicted value", { type: "value", scale: true, nameGap: 60 }),
      series: [
        {
          type: "scatter",
          data: shown,
          symbolSize: shown.length > 200 ? 5 : 7,
          silent: true,
          itemStyle: { color: LIGHT.first, opacity: 0.6 },
        },
        {
          type: "line",
          data: [
            [low, low],
            [high, high],
          ],
          symbol: "none",
          silent: true,
          lineStyle: { color: LIGHT.text, type: "dashed", width: 1.5 },
        },
      ],
    },
  );
}

/** How many rows are off by how much, predicted less true, in twenty bins of equal width around zero. */
export function residualHistogramChart({ truth, predicted }: Predicted): string {
  const off = truth.map((value, row) => (predicted[row] ?? Number.NaN) - value).filter(isDrawable);
  const width = twoDigits(off.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / HALF);
  const counts: number[] = new Array(2 * HALF).fill(0);
  for (const value of off) {
    const bin = Math.max(0, Math.min(2 * HALF - 1, Math.floor(value / width) + HALF));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const edge = (index: number) => formatNumber((index - HALF) * width);
  const names = counts.map((_, index) => `${edge(index)} to ${edge(index + 1)}`);
  return chartSvg(
    {
      title: "How far predictions are off",
      subtitle: "Predicted less true: right of zero is too high. A narrow hill around zero is best.",
      height: 380,
    },
    {
      grid: { left: 72, right: 32, top: 72, bottom: 92 },
      xAxis: axis("Predicted less true", {
        type: "category",
        data: names,
        nameGap: 72,
        axisLabel: { color: LIGHT.muted, fontSize: 10, rotate: 45, hideOverlap: true },
        splitLine: { show: false },
      }),
      yAxis: axis("Test rows", { type: "value", minInterval: 1, nameGap: 48 }),
      series: [
        {
          type: "bar",
          data: counts,
          silent: true,
          barCategoryGap: "4%",
          itemStyle: { color: LIGHT.first },
        },
      ],
    },
  );
}

/** Two significant digits, rounded up, so that the edges of bins can be read. */
function twoDigits(width: number): number {
  if (width < 1e-15) return 0.1;
  const unit = 10 ** (Math.floor(Math.log10(width)) - 1);
  return Number((Math.ceil(width / unit - 1e-9) * unit).toPrecision(2));
}
