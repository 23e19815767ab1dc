import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import type { EChartsCoreOption } from "echarts/core";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { visibleText } from "../escape-text.ts";
import { DARK, LIGHT } from "./palette.ts";

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
const WIDTH = 640;

export interface ChartFrame {
  title: string;
  /** One line below the title: what a reader should look for. */
  subtitle: string;
  /** Pixels; the width is 640. */
  height: number;
}

/**
 * Draws a chart as a self-contained SVG: no script, no reference to elsewhere, light and dark by the reader's
 * preference (light where none is known). The same data is the same bytes.
 */
export function chartSvg(frame: ChartFrame, option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: frame.height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: LIGHT.background,
      textStyle: { fontFamily: FONT, color: LIGHT.text },
      title: {
        text: visibleText(frame.title, 80),
        subtext: visibleText(frame.subtitle, 110),
        left: 16,
        top: 12,
        borderColor: LIGHT.muted,
        textStyle: { fontSize: 16, color: LIGHT.text },
        subtextStyle: { fontSize: 12, color: LIGHT.muted },
      },
      ...option,
    });
    return finished(chart.renderToSVGString(), visibleText(frame.title, 80));
  } finally {
    chart.dispose();
  }
}

/** A text for an axis or a legend: one line, nothing hidden, not too long. */
export function chartText(text: string, max = 24): string {
  return visibleText(text, max);
}

/** Whether the library can lay out an axis with the number: it gives up on infinite spans. */
export function isDrawable(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= 1e15;
}

/** Five significant digits; what is next to nothing is zero. */
function plotted(value: number): number {
  return Math.abs(value) < 1e-15 ? 0 : Number(value.toPrecision(5));
}

/** Pairs of x and y, both drawable: at most `most`, evenly chosen, the first and the last among them. */
export function drawablePoints(x: readonly number[], y: readonly number[], most: number): [number, number][] {
  const length = Math.min(x.length, y.length);
  const step = length <= most ? 1 : (length - 1) / (most - 1);
  const points: [number, number][] = [];
  for (let at = 0; points.length < most && Math.round(at * step) < length; at++) {
    const index = Math.round(at * step);
    points.push([x[index] ?? Number.NaN, y[index] ?? Number.NaN]);
  }
  return points.filter((point) => point.every(isDrawable)).map(([a, b]) => [plotted(a), plotted(b)]);
}

/** An axis in the chart's style. */
export function axis(name: string, about: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: chartText(name, 90),
    nameLocation: "middle",
    nameGap: 34,
    nameTextStyle: { color: LIGHT.text, fontSize: 12 },
    axisLabel: { color: LIGHT.muted, fontSize: 11, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: LIGHT.muted } },
    axisTick: { lineStyle: { color: LIGHT.muted } },
    splitLine: { lineStyle: { color: LIGHT.grid } },
    ...about,
  };
}

const LEGEND_TOP = 60;

/** Pixels from the top at which a chart with this legend can begin. */
export function belowLegend(names: readonly string[]): number {
  if (names.length < 2) return 72;
  let [rows, used] = [1, 0];
  for (const name of names) {
    const width = 52 + 8 * name.length;
    if (used + width > WIDTH - 32) [rows, used] = [rows + 1, 0];
    used += width;
  }
  return LEGEND_TOP + 24 * rows + 18;
}

/** The legend, below the title. */
export function legend(names: readonly string[]): Record<string, unknown> {
  return {
    show: names.length > 1,
    data: [...names],
    left: 16,
    right: 16,
    top: LEGEND_TOP,
    itemGap: 16,
    selectedMode: false,
    borderColor: LIGHT.muted,
    textStyle: { color: LIGHT.text, fontSize: 12 },
    itemWidth: 26,
  };
}

// ECharts numbers ids over the life of the process, and writes styles for a pointer that no image has:
// without both, the same chart is the same bytes. Quotation marks in texts are entities, so none of this meets them.
function finished(svg: string, title: string): string {
  const ids = new Map<string, string>();
  const stable = svg
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, "")
    .replace(/<style ?><!\[CDATA\[[^\]]*\]\]>\s*<\/style>\s*/g, "")
    .replace(/(="(?:url\(#)?)zr\d+-(\w+)/g, (_, before: string, id: string) => {
      if (!ids.has(id)) ids.set(id, `c${ids.size}`);
      return before + ids.get(id);
    });
  const label = escapeXml(title);
  return stable.replace(/^<svg ([^>]*)>/, `<svg $1 role="img" aria-label="${label}"><title>${label}</title>${THEME}`);
}

// Attribute selectors win over the attributes themselves: a viewer that knows no themes shows the light one.
const THEME = `<style>@media (prefers-color-scheme: dark){${Object.keys(LIGHT)
  .map((role) => [LIGHT[role as keyof typeof LIGHT], DARK[role as keyof typeof DARK]])
  .filter(([light, dark]) => light !== dark)
  .map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`)
  .join("")}}</style>`;

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
