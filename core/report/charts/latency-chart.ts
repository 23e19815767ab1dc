import type { WindowRecord } from "../../../schemas/monitoring.ts";
import { axis, belowLegend, chartSvg, isDrawable, legend } from "./chart-svg.ts";
import { line, time } from "./monitor-charts.ts";

const HEIGHT = 340;
const LABELS = ["median", "99 of 100"] as const;

/** How long answers took, over windows in order; undefined where no window says it. */
export function latencyChart(records: readonly WindowRecord[]): string | undefined {
  const points = (of: "p50_ms" | "p99_ms") =>
    records.flatMap(({ window, traffic }): [number, number][] => {
      const value = traffic[of];
      return value === undefined || !isDrawable(value) ? [] : [[Date.parse(window.from), value]];
    });
  const series = [points("p50_ms"), points("p99_ms")];
  if (series.every((each) => each.length === 0)) return undefined;
  return chartSvg(
    {
      title: "Latency",
      subtitle: "Milliseconds within which so many requests were answered, by window.",
      height: HEIGHT,
    },
    {
      legend: legend(LABELS),
      grid: { left: 76, right: 24, top: belowLegend(LABELS), bottom: 56 },
      xAxis: time(),
      yAxis: axis("Milliseconds", { type: "value", min: 0, nameGap: 52 }),
      series: series.map((each, index) => line(LABELS[index] ?? "", each, index)),
    },
  );
}
