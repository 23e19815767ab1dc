import type { CustomSeriesRenderItemAPI } from "echarts";
import { formatNumber } from "../../gates/number-words.ts";
import { axis, chartSvg, chartText, isDrawable } from "./chart-svg.ts";
import { LIGHT } from "./palette.ts";

const ROW = 34;

/** One metric of a version, with its interval at 95 % if it has one. */
export interface VersionValue {
  version: number;
  value: number;
  low?: number | undefined;
  high?: number | undefined;
}

/** A metric of several versions, one below the other, each value with its interval. */
export function versionIntervalsChart(
  metric: string,
  greaterIsBetter: boolean,
  versions: readonly VersionValue[],
): string {
  const shown = versions.filter(({ value, low = value, high = value }) => [value, low, high].every(isDrawable));
  const names = shown.map(({ version, value }) => `version ${version}: ${formatNumber(value)}`);
  const renderItem = (_: unknown, api: CustomSeriesRenderItemAPI) => {
    const row = Number(api.value(1));
    const { value, low = value, high = value } = shown[row] as VersionValue;
    const [x = 0, y = 0] = api.coord([value, row]);
    const [from = 0] = api.coord([low, row]);
    const [to = 0] = api.coord([high, row]);
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      ...{ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: LIGHT.first, lineWidth: 2 } },
    });
    const mark = { type: "circle", shape: { cx: x, cy: y, r: 5 }, style: { fill: LIGHT.first } };
    return {
      type: "group",
      children: [line(from, y, to, y), line(from, y - 5, from, y + 5), line(to, y - 5, to, y + 5), mark],
    };
  };
  return chartSvg(
    {
      title: chartText(metric, 60),
      subtitle: `${greaterIsBetter ? "Larger" : "Smaller"} is better; lines are 95 % intervals. Where they overlap, pairs may differ all the same.`,
      height: 140 + ROW * Math.max(1, shown.length),
    },
    {
      grid: { left: 150, right: 32, top: 72, bottom: 52 },
      xAxis: axis(chartText(metric, 60), { type: "value", scale: true }),
      yAxis: axis("", {
        type: "category",
        data: names,
        inverse: true,
        splitLine: { show: false },
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: LIGHT.text, fontSize: 12, interval: 0 },
      }),
      series: [
        {
          type: "custom",
          renderItem,
          data: shown.map(({ value, low = value, high = value }, row) => [value, row, low, high]),
          encode: { x: [0, 2, 3], y: 1 },
          silent: true,
        },
      ],
    },
  );
}
