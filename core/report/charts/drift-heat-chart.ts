import type { CustomSeriesRenderItemAPI } from "echarts";
import type { DriftOverTime } from "../drift-over-time.ts";
import { dayWords } from "../window-words.ts";
import { axis, chartSvg, chartText } from "./chart-svg.ts";
import { distinct } from "./curve-charts.ts";
import { LEVELS, LIGHT } from "./palette.ts";

const ROW = 20;
const TOP = 72;
const BOTTOM = 84;
/** Of the least effect that counts: where the next colour begins. */
const STEPS = [0.5, 1, 2, 5] as const;

/**
 * Columns by windows: the colour is how far a column moved, as a part of the least effect that counts for it. What drifted has a
 * cross, so that nobody has to tell colours apart.
 */
export function driftHeatChart({ subjects, windows, more }: DriftOverTime): string {
  const names = distinct(subjects.map(({ subject }) => chartText(subject.replace(/: distribution$/, ""), 24)));
  const data = subjects.flatMap(({ cells }, y) =>
    cells.flatMap((cell, x) => (cell === undefined ? [] : [[x, y, levelOf(cell), cell.drifted ? 1 : 0]])),
  );
  const renderItem = (_: unknown, api: CustomSeriesRenderItemAPI) => {
    const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
    const [width = 0, height = 0] = (api.size?.([1, 1]) ?? []) as number[];
    const rect = { x: x - width / 2 + 0.5, y: y - height / 2 + 0.5, width: width - 1, height: height - 1 };
    const level = Number(api.value(2));
    const arm = Math.max(2, Math.min(width, height) / 2 - 5);
    const stroke = { stroke: LIGHT.text, lineWidth: 1.5 };
    const cross = [1, -1].map((turn) => ({
      ...{ type: "line", style: stroke },
      shape: { x1: x - arm, y1: y - turn * arm, x2: x + arm, y2: y + turn * arm },
    }));
    const cell = { type: "rect", shape: rect, style: { fill: LEVELS[level] ?? LIGHT.level0 } };
    return { type: "group", children: api.value(3) === 1 ? [cell, ...cross] : [cell] };
  };
  const category = { type: "category", splitLine: { show: false } };
  return chartSvg(
    {
      title: "Drift by column and window",
      subtitle: `The stronger, the further from training; a cross: it drifted.${more > 0 ? ` ${more} that moved less are not shown.` : ""}`,
      height: heatHeight({ subjects }),
    },
    {
      grid: { left: 190, right: 24, top: TOP, bottom: BOTTOM },
      xAxis: axis("Begin of the window, UTC", {
        ...category,
        data: windows.map(({ window }) => dayWords(window.from)),
        nameGap: 58,
        axisLabel: { color: LIGHT.muted, fontSize: 11, hideOverlap: true, rotate: 30 },
      }),
      yAxis: axis("", {
        ...category,
        data: names,
        inverse: true,
        axisLabel: { color: LIGHT.text, fontSize: 11, interval: 0 },
      }),
      series: [{ type: "custom", renderItem, data, silent: true, encode: { x: 0, y: 1 } }],
    },
  );
}

/** Pixels. */
export function heatHeight({ subjects }: Pick<DriftOverTime, "subjects">): number {
  return TOP + BOTTOM + ROW * Math.max(1, subjects.length);
}

function levelOf({ effect, least }: { effect: number; least: number }): number {
  const share = effect / least;
  return STEPS.filter((step) => share >= step).length;
}
