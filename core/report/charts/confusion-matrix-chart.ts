import type { CustomSeriesRenderItemAPI } from "echarts";
import { formatNumber } from "../../gates/number-words.ts";
import { axis, chartSvg, chartText } from "./chart-svg.ts";
import { distinct } from "./curve-charts.ts";
import { LIGHT } from "./palette.ts";

const MOST_CLASSES = 20;
// From this share on a cell is so dark that only white is read on it, whatever the theme.
const DARK_CELL = 0.8;

/** `values[true class][predicted class]`, counts or shares, in the order of `labels`. */
interface ConfusionMatrix {
  labels: readonly string[];
  values: readonly (readonly number[])[];
}

/** Rows are true classes, columns predicted ones; a cell's colour is its share of its row. With over 20 classes, the largest and the rest as one. */
export function confusionMatrixChart(matrix: ConfusionMatrix): string {
  const { labels, values } = gathered(matrix);
  const names = distinct(labels.map((label) => chartText(label, 16)));
  const size = names.length;
  const cell = Math.max(24, Math.min(64, 480 / Math.max(1, size)));
  const data = values.flatMap((row, y) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value, x) => [x, y, value, total > 0 ? value / total : 0]);
  });
  const slanted = size > 4;
  const bottom = slanted ? 120 : 64;
  const category = { type: "category", data: names, splitLine: { show: false } };
  const labelled = { color: LIGHT.text, fontSize: 11, interval: 0 };
  const renderItem = (_: unknown, api: CustomSeriesRenderItemAPI) => {
    const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
    const [width = 0, height = 0] = (api.size?.([1, 1]) ?? []) as number[];
    const [value, share] = [Number(api.value(2)), Number(api.value(3))];
    const rect = { x: x - width / 2 + 1, y: y - height / 2 + 1, width: width - 2, height: height - 2 };
    const text = value === 0 && size > 8 ? "" : formatNumber(value);
    return {
      type: "group",
      children: [
        { type: "rect", shape: rect, style: { fill: FILL, opacity: Number((0.06 + 0.94 * share).toFixed(3)) } },
        {
          type: "text",
          style: {
            text,
            x,
            y,
            align: "center",
            verticalAlign: "middle",
            fontSize: size > 12 ? 9 : 12,
            fill: share >= DARK_CELL ? WHITE : LIGHT.text,
          },
        },
      ],
    };
  };
  return chartSvg(
    {
      title: "Confusion matrix",
      subtitle: "Each row is a true class; the stronger the colour, the larger the share of the row.",
      height: Math.round(cell * size) + 72 + bottom,
    },
    {
      grid: { left: 140, right: 32, top: 72, bottom },
      xAxis: axis("Predicted class", {
        ...category,
        nameGap: slanted ? 90 : 34,
        axisLabel: { ...labelled, rotate: slanted ? 45 : 0 },
      }),
      yAxis: axis("True class", { ...category, inverse: true, nameGap: 116, axisLabel: labelled }),
      series: [{ type: "custom", renderItem, data, silent: true, encode: { x: 0, y: 1 } }],
    },
  );
}

// Not a role of the palette: a cell keeps its blue, and its white, in both themes.
const FILL = "#0b6aa8";
const WHITE = "#fefefe";

function gathered({ labels, values }: ConfusionMatrix): ConfusionMatrix {
  if (labels.length <= MOST_CLASSES) return { labels, values };
  const at = (row: number, column: number) => values[row]?.[column] ?? 0;
  const indices = labels.map((_, index) => index);
  const support = indices.map((row) => indices.reduce((sum, column) => sum + at(row, column), 0));
  const bySize = [...indices].sort((a, b) => (support[b] ?? 0) - (support[a] ?? 0));
  const kept = bySize.slice(0, MOST_CLASSES - 1).sort((a, b) => a - b);
  const rest = bySize.slice(MOST_CLASSES - 1);
  const groups = [...kept.map((index) => [index]), rest];
  const sum = (rows: number[], columns: number[]) =>
    rows.reduce((total, row) => total + columns.reduce((part, column) => part + at(row, column), 0), 0);
  return {
    labels: [...kept.map((index) => labels[index] ?? ""), `${rest.length} others`],
    values: groups.map((rows) => groups.map((columns) => sum(rows, columns))),
  };
}
