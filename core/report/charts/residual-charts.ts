import { formatNumber } from "../../gates/number-words.ts";
import { axis, chartSvg, isDrawable, plotted, thinned } from "./chart-svg.ts";
import type { Point } from "./curve-charts.ts";
import { LIGHT } from "./palette.ts";

const MOST_POINTS = 800;

/** True values (x) against predicted ones (y), in the label's unit; at most 800 rows, evenly chosen. */
export function residualsChart(points: readonly Point[]): string {
  const shown = thinned(points, MOST_POINTS)
    .filter(({ x, y }) => isDrawable(x) && isDrawable(y))
    .map(({ x, y }) => [plotted(x), plotted(y)]);
  const all = shown.flat();
  const [low, high] =
    all.length === 0 ? [0, 1] : [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  const part = shown.length < points.length ? ` ${shown.length} of ${points.length} rows.` : "";
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
          lineStyle: { color: LIGHT.muted, type: "dashed", width: 1.5 },
        },
      ],
    },
  );
}

/** How many rows are off by how much: predicted − true, in the label's unit, as counts between edges (one more than counts). */
export function residualHistogramChart(histogram: { edges: readonly number[]; counts: readonly number[] }): string {
  const { edges, counts } = histogram;
  const names = counts.map(
    (_, index) => `${formatNumber(edges[index] ?? 0)} to ${formatNumber(edges[index + 1] ?? 0)}`,
  );
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
          data: [...counts],
          silent: true,
          barCategoryGap: "4%",
          itemStyle: { color: LIGHT.first },
        },
      ],
    },
  );
}
