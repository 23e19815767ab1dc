import { formatNumber } from "../../gates/number-words.ts";
import { left, right, type Table } from "../report.ts";
import type { Curve } from "./curve-charts.ts";

const MOST_CURVES = 8;
const MOST_POINTS = 11;
const TENTHS = 10;

/** Some points of each curve, evenly chosen, the first and the last among them: what its chart shows, to read. */
export function curveTable(curves: readonly Curve[], { x, y }: { x: string; y: string }): Table {
  const rows = curves.slice(0, MOST_CURVES).flatMap(({ name, x: xs, y: ys }) => {
    const count = Math.min(xs.length, ys.length, MOST_POINTS);
    const step = count < 2 ? 0 : (Math.min(xs.length, ys.length) - 1) / (count - 1);
    return Array.from({ length: count }, (_, at) => {
      const place = Math.round(at * step);
      return [name, formatNumber(xs[place] ?? 0), formatNumber(ys[place] ?? 0)];
    });
  });
  return { columns: [left("Class"), right(x), right(y)], rows };
}

/** How far predictions are off, predicted less true: the residual that so many of the rows are at or below. */
export function residualTable({ residual }: { residual: readonly number[] }): Table {
  const sorted = [...residual].filter(Number.isFinite).sort((a, b) => a - b);
  const rows = Array.from({ length: sorted.length === 0 ? 0 : TENTHS + 1 }, (_, at) => [
    `${at * TENTHS} %`,
    formatNumber(sorted[Math.round((at / TENTHS) * (sorted.length - 1))] as number),
  ]);
  return { columns: [right("Of the rows"), right("are off by at most")], rows };
}
