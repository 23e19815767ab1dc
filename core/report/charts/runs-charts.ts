import { axis, chartSvg, chartText, isDrawable } from "./chart-svg.ts";
import { LIGHT } from "./palette.ts";

/** A value of a run: a number, or a word of a param. */
export type RunValue = number | string | undefined;

/** What is drawn of runs, by name: a value for each run, in one order. */
export interface Dimension {
  name: string;
  values: readonly RunValue[];
}

const MOST_RUNS = 200;
const MOST_DIMENSIONS = 8;

/** Parallel coordinates: a line a run, through its value of each dimension. `best` is the run that stands out. */
export function parallelRunsChart(dimensions: readonly Dimension[], best: number | undefined): string {
  const shown = dimensions.slice(0, MOST_DIMENSIONS);
  const scales = shown.map(({ values }) => scaleOf(values));
  const runs = Array.from({ length: Math.min(MOST_RUNS, shown[0]?.values.length ?? 0) }, (_, at) => at);
  const order = [...runs.filter((at) => at !== best), ...runs.filter((at) => at === best)];
  return chartSvg(
    {
      title: "Runs side by side",
      subtitle: `Each line is a run.${best === undefined ? "" : " The thick one is the best by the last value."}`,
      height: 420,
    },
    {
      grid: { left: 56, right: 56, top: 84, bottom: 76 },
      xAxis: axis("", {
        type: "category",
        boundaryGap: false,
        data: shown.map(
          ({ name }, at) => `${chartText(name, 18)}\n${scales[at]?.low ?? ""} – ${scales[at]?.high ?? ""}`,
        ),
        axisLabel: { color: LIGHT.muted, fontSize: 11, interval: 0 },
        splitLine: { show: true, lineStyle: { color: LIGHT.grid } },
      }),
      yAxis: { type: "value", min: 0, max: 1, show: false },
      series: order.map((at) => ({
        type: "line",
        data: shown.map(({ values }, dimension) => scales[dimension]?.place(values[at]) ?? "-"),
        connectNulls: false,
        symbol: "none",
        silent: true,
        lineStyle: {
          color: at === best ? LIGHT.second : LIGHT.first,
          width: at === best ? 3 : 1,
          opacity: at === best ? 1 : 0.6,
        },
      })),
    },
  );
}

/** One value of runs against another: a point a run. */
export function scatterRunsChart(x: Dimension, y: Dimension): string {
  const [across, up] = [axisOf(x), axisOf(y)];
  const points = x.values
    .map((value, at) => [across.place(value), up.place(y.values[at])])
    .filter((point) => point.every((value) => value !== undefined))
    .slice(0, MOST_RUNS);
  return chartSvg(
    { title: `${chartText(y.name)} by ${chartText(x.name)}`, subtitle: "Each point is a run.", height: 420 },
    {
      grid: { left: 76, right: 24, top: 84, bottom: 56 },
      xAxis: axis(x.name, across.about),
      yAxis: axis(y.name, { ...up.about, nameGap: 52 }),
      series: [
        { type: "scatter", data: points, symbolSize: 9, silent: true, itemStyle: { color: LIGHT.first, opacity: 0.8 } },
      ],
    },
  );
}

function numbersOf(values: readonly RunValue[]): number[] | undefined {
  const there = values.filter((value) => value !== undefined);
  const numbers = there.filter((value) => typeof value === "number" && isDrawable(value)) as number[];
  return numbers.length > 0 && numbers.length === there.length ? numbers : undefined;
}

function wordsOf(values: readonly RunValue[]): string[] {
  return [
    ...new Set(values.filter((value) => value !== undefined).map((value) => chartText(String(value), 18))),
  ].sort();
}

/** Where a value stands between 0 and 1, and what is at the ends. */
function scaleOf(values: readonly RunValue[]) {
  const numbers = numbersOf(values);
  if (numbers !== undefined) {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const place = (value: RunValue) =>
      typeof value !== "number" ? undefined : high === low ? 0.5 : (value - low) / (high - low);
    return { low: short(low), high: short(high), place };
  }
  const words = wordsOf(values);
  const place = (value: RunValue) => {
    if (value === undefined) return undefined;
    const at = words.indexOf(chartText(String(value), 18));
    return words.length === 1 ? 0.5 : at / (words.length - 1);
  };
  return { low: words[0] ?? "", high: words.at(-1) ?? "", place };
}

function axisOf({ values }: Dimension) {
  if (numbersOf(values) !== undefined) {
    const place = (value: RunValue) => (typeof value === "number" ? value : undefined);
    return { about: { type: "value", scale: true }, place };
  }
  const words = wordsOf(values);
  const place = (value: RunValue) => (value === undefined ? undefined : chartText(String(value), 18));
  return { about: { type: "category", data: words }, place };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
