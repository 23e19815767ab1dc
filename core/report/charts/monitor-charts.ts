import type { MonitorBar, MonitorSpec } from "../../../schemas/monitor-spec.ts";
import type { WindowRecord } from "../../../schemas/monitoring.ts";
import { barSeen } from "../../drift/bar-seen.ts";
import { barWords } from "../../drift/bar-words.ts";
import { testSubject } from "../../drift/test-words.ts";
import { findSlice } from "../../same-slice.ts";
import { shownInterval } from "../metric-words.ts";
import { axis, belowLegend, chartSvg, chartText, isDrawable, legend } from "./chart-svg.ts";
import { distinct } from "./curve-charts.ts";
import { LIGHT, seriesStyle } from "./palette.ts";

const MOST_WINDOWS = 120;
const MOST_COLUMNS = 6;
const HEIGHT = 340;

/** Time on the x axis, a window's begin. */
export function time(): Record<string, unknown> {
  return axis("Begin of the window, UTC", {
    type: "time",
    axisLabel: { color: LIGHT.muted, fontSize: 11, hideOverlap: true, formatter: "{yyyy}-{MM}-{dd}" },
  });
}

/** PSI of the columns that moved most, over windows in order, with the least effect that counts. */
export function driftChart(records: readonly WindowRecord[]): string {
  const shown = records.slice(-MOST_WINDOWS);
  const points = new Map<string, [number, number][]>();
  for (const { window, tests } of shown)
    for (const test of tests) {
      if (test.what !== "distribution" || !isDrawable(test.effect)) continue;
      const name = testSubject(test).replace(/: distribution$/, "");
      points.set(name, [...(points.get(name) ?? []), [Date.parse(window.from), test.effect]]);
    }
  const most = (of: [number, number][]) => Math.max(...of.map(([, effect]) => effect));
  const columns = [...points].sort(([, a], [, b]) => most(b) - most(a)).slice(0, MOST_COLUMNS);
  const labels = distinct(columns.map(([name]) => chartText(name)));
  const least = Math.min(
    ...shown.flatMap(({ tests }) => tests.flatMap((test) => (test.what === "distribution" ? [test.least] : []))),
  );
  const rest = points.size - columns.length;
  return chartSvg(
    {
      title: "Drift of columns",
      subtitle: `PSI against training${Number.isFinite(least) ? `; it counts above the dashed line at ${least}` : ""}.${rest > 0 ? ` ${rest} columns that moved less are not shown.` : ""}`,
      height: HEIGHT,
    },
    {
      legend: legend(labels),
      grid: { left: 76, right: 24, top: belowLegend(labels), bottom: 56 },
      xAxis: time(),
      yAxis: axis("PSI", { type: "value", min: 0, nameGap: 52 }),
      series: [
        ...columns.map(([, data], index) => line(labels[index] ?? "", data, index)),
        ...(Number.isFinite(least) ? [level(shown, least)] : []),
      ],
    },
  );
}

/** One bar's metric over windows in order: its value, its 95 % interval, and the bar. */
export function barChart(records: readonly WindowRecord[], bar: MonitorBar): string {
  const shown = records.slice(-MOST_WINDOWS).flatMap((record) => {
    const seen = barSeen(bar, record);
    if (seen === undefined || !isDrawable(seen.value)) return [];
    const kept = bar.slice === undefined ? record.performance : findSlice(record.performance?.slices, bar.slice);
    const metric = kept && Object.hasOwn(kept.metrics, bar.metric) ? kept.metrics[bar.metric] : undefined;
    const interval = shownInterval(metric?.intervals);
    const [low, high] = [interval?.low ?? seen.value, interval?.high ?? seen.value];
    return [{ record, at: Date.parse(seen.from), value: seen.value, low, high: Math.max(0, high - low) }];
  });
  const limit = bar["at-least"] ?? bar["at-most"] ?? 0;
  return chartSvg(
    {
      title: chartText(barWords(bar), 80),
      subtitle: "By the labels of each window, with its 95 % interval; the dashed line is the bar.",
      height: HEIGHT,
    },
    {
      grid: { left: 76, right: 24, top: 72, bottom: 56 },
      xAxis: time(),
      yAxis: axis(chartText(bar.metric, 60), { type: "value", scale: true, nameGap: 52 }),
      series: [
        band(
          "low",
          shown.map(({ at, low }) => [at, low]),
          0,
        ),
        band(
          "interval",
          shown.map(({ at, high }) => [at, high]),
          0.18,
        ),
        line(
          "value",
          shown.map(({ at, value }) => [at, value]),
          0,
        ),
        ...(isDrawable(limit)
          ? [
              level(
                shown.map(({ record }) => record),
                limit,
              ),
            ]
          : []),
      ],
    },
  );
}

/** Rows that were answered in each window, and errors. */
export function volumeChart(records: readonly WindowRecord[]): string {
  const shown = records.slice(-MOST_WINDOWS);
  const labels = ["answered rows", "errors"];
  const answered = shown.map(({ window, traffic }): [number, number] => [
    Date.parse(window.from),
    Math.max(0, traffic.rows - traffic.errors),
  ]);
  return chartSvg(
    { title: "Volume", subtitle: "Rows in the request log, by window.", height: HEIGHT },
    {
      legend: legend(labels),
      grid: { left: 76, right: 24, top: belowLegend(labels), bottom: 56 },
      xAxis: time(),
      yAxis: axis("Rows", { type: "value", min: 0, nameGap: 52 }),
      series: [
        line(labels[0] ?? "", answered, 0),
        line(
          labels[1] ?? "",
          shown.map(({ window, traffic }) => [Date.parse(window.from), traffic.errors]),
          1,
        ),
      ],
    },
  );
}

/** Every chart of a model, by a name that a file may have: windows in order, oldest first. */
export function monitorCharts(records: readonly WindowRecord[], spec: MonitorSpec | undefined): Map<string, string> {
  const charts = new Map<string, string>();
  const bars = (spec?.bars ?? []).filter((bar) => records.some((record) => barSeen(bar, record) !== undefined));
  for (const [n, bar] of bars.slice(0, 5).entries()) charts.set(`bar-${n + 1}`, barChart(records, bar));
  if (records.some(({ tests }) => tests.length > 0)) charts.set("drift", driftChart(records));
  if (records.length > 0) charts.set("volume", volumeChart(records));
  return charts;
}

/** A series of moments and values. */
export function line(name: string, data: readonly [number, number][], index: number) {
  const { colour, dash, shape } = seriesStyle(index);
  return {
    ...{ type: "line", name, data, symbol: data.length > 40 ? "none" : shape, symbolSize: 6, silent: true },
    lineStyle: { color: colour, type: dash, width: 2 },
    itemStyle: { color: colour, borderColor: LIGHT.background },
  };
}

/** Two of them stacked: the first is where the second begins. */
function band(name: string, data: readonly [number, number][], opacity: number) {
  return {
    ...{ type: "line", name, data, stack: "interval", stackStrategy: "all", symbol: "none", silent: true },
    lineStyle: { width: 0, color: LIGHT.first },
    itemStyle: { color: LIGHT.first },
    areaStyle: { color: LIGHT.first, opacity },
  };
}

function level(records: readonly WindowRecord[], value: number) {
  const ends = [records.at(0), records.at(-1)].flatMap((record) => (record ? [Date.parse(record.window.from)] : []));
  return {
    ...{ type: "line", name: "level", data: ends.map((at) => [at, value]), symbol: "none", silent: true },
    lineStyle: { color: LIGHT.muted, type: "dashed", width: 1.5 },
  };
}
