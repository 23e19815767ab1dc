import type { CustomSeriesRenderItemAPI } from "echarts";
import { axis, chartSvg, chartText, isDrawable } from "./chart-svg.ts";
import { LIGHT } from "./palette.ts";

const HEIGHT = 280;
const MOST_VERSIONS = 100;

/** A version's value of a metric, with its interval if it has one. */
export interface TrendPoint {
  version: number;
  value: number;
  low?: number | undefined;
  high?: number | undefined;
  isLive: boolean;
}

/** One metric over versions in order, the newest hundred of them, each with its 95 % interval; what is live is filled. */
export function metricTrendChart(metric: string, points: readonly TrendPoint[], greaterIsBetter: boolean): string {
  const shown = points.slice(-MOST_VERSIONS).flatMap((point) => {
    const { value, low = value, high = value } = point;
    return [value, low, high].every(isDrawable) ? [{ ...point, low, high }] : [];
  });
  const interval = (_: unknown, api: CustomSeriesRenderItemAPI) => {
    const at = Number(api.value(0));
    const { low, high } = shown[at] as (typeof shown)[number];
    const [x = 0, top = 0] = api.coord([at, high]);
    const [, bottom = 0] = api.coord([at, low]);
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      ...{ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: LIGHT.muted, lineWidth: 1.5 } },
    });
    const ends = [top, bottom].map((y) => line(x - 3, y, x + 3, y));
    return { type: "group", children: [line(x, top, x, bottom), ...ends] };
  };
  const live = shown.some(({ isLive }) => isLive) ? "; what is live is filled" : "";
  return chartSvg(
    {
      title: chartText(metric, 80),
      subtitle: `By version, with its 95 % interval${live}. ${greaterIsBetter ? "Larger" : "Smaller"} is better.`,
      height: HEIGHT,
    },
    {
      grid: { left: 76, right: 24, top: 72, bottom: 56 },
      xAxis: axis("Version", { type: "category", data: shown.map(({ version }) => String(version)) }),
      yAxis: axis(metric, { type: "value", scale: true, nameGap: 52 }),
      series: [
        {
          ...{ type: "custom", renderItem: interval, silent: true, encode: { x: 0, y: [1, 2] } },
          data: shown.map(({ low, high }, at) => [at, low, high]),
        },
        {
          ...{ type: "line", symbol: "circle", symbolSize: 8, silent: true },
          lineStyle: { color: LIGHT.first, width: 1.5 },
          data: shown.map(({ value, isLive }) => ({
            value,
            itemStyle: { color: isLive ? LIGHT.first : LIGHT.background, borderColor: LIGHT.first, borderWidth: 1.5 },
          })),
        },
      ],
    },
  );
}
