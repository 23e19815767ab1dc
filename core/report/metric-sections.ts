import type { Comparison, Evaluation } from "../../schemas/evaluation.ts";
import { sliceWords } from "../gates/gate-words.ts";
import { formatInterval, formatNumber } from "../gates/number-words.ts";
import { shownInterval, valueWords } from "./metric-words.ts";
import type { Cell, Section } from "./report.ts";
import { left, right } from "./report.ts";
import { scalarMetrics } from "./scalar-metrics.ts";
import { counted } from "./verdict-words.ts";

const MOST_CLASSES = 20;

/** Every metric with its interval; the one picture of a first version. `comparison` is the one that the report shows. */
export function metricSection(evaluation: Evaluation, folded: boolean, comparison?: Comparison): Section[] {
  const metrics = scalarMetrics(evaluation.metrics);
  if (metrics.length === 0) return [];
  const rows = metrics.map(([name, metric]): Cell[] => {
    const interval = shownInterval(metric.intervals);
    const range = interval === undefined ? "–" : formatInterval(interval);
    return [name, valueWords(name, metric), range, metric.greater_is_better ? "larger" : "smaller"];
  });
  const columns = [left("Metric"), right("Value"), left("95 % interval"), left("Better is")];
  const alone =
    comparison !== undefined && comparison.version === undefined
      ? ` No version is in ${comparison.stage} yet: nothing to compare with.`
      : "";
  const text = [`On ${counted(evaluation.test.rows, "test row")}.${alone}`];
  return [{ title: "Metrics", folded, text, table: { columns, rows } }];
}

/** Every slice, smallest first: those are where surprises hide. A gate may ask for one that `slices` names already. */
export function sliceSection({ slices }: Evaluation): Section[] {
  if (slices.length === 0) return [];
  const named = new Map(slices.map((each) => [sliceWords(each.slice), each]));
  const found = [...named].map(([slice, { rows, metrics }]) => ({
    ...{ slice, rows },
    values: new Map(scalarMetrics(metrics)),
  }));
  found.sort((a, b) => a.rows - b.rows);
  const names = [...new Set(found.flatMap(({ values }) => [...values.keys()]))];
  const columns = [left("Slice"), right("Rows"), ...names.map(right)];
  const reasons = new Set<string>();
  const rows = found.map(({ slice, rows, values }) => [
    slice,
    String(rows),
    ...names.map((name) => {
      const { reason, ...metric } = values.get(name) ?? { value: null };
      if (metric.value === null && reason !== undefined) reasons.add(`${name}: ${reason}`);
      return metric.value === null ? "–" : valueWords(name, metric);
    }),
  ]);
  const text = [...reasons].slice(0, 5).map((reason) => `Where there is no ${reason}.`);
  return [{ title: "Slices", folded: true, text, table: { columns, rows } }];
}

/** Each confusion matrix as a table, so that it can be read without pictures. */
export function matrixSections({ metrics }: Evaluation): Section[] {
  return Object.entries(metrics).flatMap(([name, { matrix }]) => {
    if (matrix === undefined) return [];
    const labels = matrix.labels.slice(0, MOST_CLASSES);
    const columns = [left("True \\ predicted"), ...labels.map(right)];
    const rows = labels.map((label, row) => [
      label,
      ...labels.map((_, column) => cellNumber(matrix.values[row]?.[column])),
    ]);
    const rest = matrix.labels.length - labels.length;
    const text = rest === 0 ? [] : [`${counted(rest, "more class")} not shown.`];
    return [{ title: `Confusion matrix: ${name}`, folded: true, text, table: { columns, rows } }];
  });
}

function cellNumber(value: number | undefined): string {
  return value === undefined ? "" : formatNumber(value);
}
