import type { CustomSeriesRenderItemAPI } from "echarts";
import type { Comparison, MetricComparison } from "../../../schemas/evaluation.ts";
import { isNumber } from "../../gates/gate-evidence.ts";
import { varies } from "../../gates/gate-words.ts";
import { formatAgainst } from "../../gates/number-words.ts";
import { isClear, shownInterval } from "../metric-words.ts";
import { scalarPairs } from "../scalar-metrics.ts";
import { axis, chartSvg, chartText, isDrawable } from "./chart-svg.ts";
import { distinct } from "./curve-charts.ts";
import { LIGHT } from "./palette.ts";

const MOST_METRICS = 20;
const ROW = 40;

interface Gain {
  name: string;
  /** Before and now. */
  values: string;
  /** Percent of the baseline's value; positive is better. */
  gain: number;
  low: number;
  high: number;
  reading: keyof typeof READINGS;
}

/** What each mark says; those that a chart has are told below its title. */
const READINGS = {
  better: { words: "▲ better", fill: LIGHT.first },
  worse: { words: "▼ worse", fill: LIGHT.second },
  unclear: { words: "● no clear difference: its interval holds zero", fill: LIGHT.muted },
  unknown: { words: "● without an interval", fill: LIGHT.muted },
};

/**
 * The candidate's gain in each metric with its interval, in percent of the baseline's value, so that metrics of
 * different units share one axis: right is better. Metrics without two values, or with a baseline of zero or nearly so, are left out.
 */
export function comparisonChart(comparison: Comparison): string {
  const gains = scalarPairs(comparison.metrics, {})
    .filter(([name]) => !varies(name))
    .flatMap(([name, pair]) => gainOf(name, pair))
    .slice(0, MOST_METRICS);
  const names = distinct(gains.map(({ name, values }) => `${chartText(name, 26)}\n${chartText(values, 40)}`));
  const renderItem = (_: unknown, api: CustomSeriesRenderItemAPI) => {
    const row = Number(api.value(1));
    const { gain, low, high, reading } = gains[row] as Gain;
    const [x = 0, y = 0] = api.coord([gain, row]);
    const [from = 0] = api.coord([low, row]);
    const [to = 0] = api.coord([high, row]);
    const { fill } = READINGS[reading];
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: "line",
      shape: { x1, y1, x2, y2 },
      style: { stroke: fill, lineWidth: 2 },
    });
    const tip = reading === "better" ? -7 : 7;
    const mark =
      reading === "unclear" || reading === "unknown"
        ? { type: "circle", shape: { cx: x, cy: y, r: 5 }, style: { fill } }
        : {
            type: "polygon",
            shape: {
              points: [
                [x, y + tip],
                [x - 7, y - tip],
                [x + 7, y - tip],
              ],
            },
            style: { fill },
          };
    return {
      type: "group",
      children: [line(from, y, to, y), line(from, y - 5, from, y + 5), line(to, y - 5, to, y + 5), mark],
    };
  };
  return chartSvg(
    {
      title: `Candidate against ${comparison.stage}${comparison.version === undefined ? "" : ` (version ${comparison.version})`}`,
      subtitle: legend(gains),
      height: 150 + ROW * Math.max(1, gains.length),
    },
    {
      grid: { left: 200, right: 32, top: 72, bottom: 56 },
      xAxis: axis("Change in percent of the value compared with; right is better", { type: "value", scale: false }),
      yAxis: axis("", {
        type: "category",
        data: names,
        inverse: true,
        splitLine: { show: false },
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: LIGHT.text, fontSize: 12, lineHeight: 15, width: 184, overflow: "truncate", interval: 0 },
      }),
      series: [
        {
          type: "custom",
          renderItem,
          data: gains.map(({ gain, low, high }, row) => [gain, row, low, high]),
          encode: { x: [0, 2, 3], y: 1 },
          silent: true,
        },
        {
          type: "line",
          data:
            names.length === 0
              ? []
              : [
                  [0, names[0]],
                  [0, names.at(-1)],
                ],
          symbol: "none",
          silent: true,
          lineStyle: { color: LIGHT.muted, type: "dashed", width: 1 },
        },
      ],
    },
  );
}

function gainOf(name: string, { candidate, baseline, difference, greater_is_better }: MetricComparison): Gain[] {
  if (!isNumber(candidate) || !isNumber(baseline) || !isNumber(difference.value) || baseline === 0) return [];
  const interval = shownInterval(difference.intervals);
  const percent = (value: number) => ((greater_is_better ? value : -value) / Math.abs(baseline)) * 100;
  const ends = [percent(interval?.low ?? difference.value), percent(interval?.high ?? difference.value)];
  const values = `${formatAgainst(baseline, candidate)} → ${formatAgainst(candidate, baseline)}`;
  const gain = percent(difference.value);
  if (![gain, ...ends].every(isDrawable)) return [];
  const read = gain > 0 ? ("better" as const) : ("worse" as const);
  const reading = isClear(name, difference)
    ? read
    : interval === undefined
      ? ("unknown" as const)
      : ("unclear" as const);
  return [{ name, values, gain, low: Math.min(...ends), high: Math.max(...ends), reading }];
}

function legend(gains: readonly Gain[]): string {
  const present = Object.entries(READINGS).filter(([reading]) => gains.some((gain) => gain.reading === reading));
  return present.length === 0 ? "" : `${present.map(([, { words }]) => words).join(", ")}.`;
}
