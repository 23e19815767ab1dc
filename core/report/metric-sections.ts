import type { Comparison, Evaluation, MetricComparison, MetricResult, MetricValue } from "../../schemas/evaluation.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import { sliceWords, unitOf } from "../gates/gate-words.ts";
import { formatAgainst, formatInterval, formatNumber, formatPercent } from "../gates/number-words.ts";
import { readingOf } from "./diff-versions.ts";
import type { Cell, Section } from "./report.ts";
import { left, right } from "./report.ts";
import { count } from "./verdict-words.ts";

const MOST_CLASSES = 20;

/** The comparison a reviewer asks for: with production where there is one, otherwise with any stage that holds a version. */
export function chosenComparison(comparisons: readonly Comparison[]): Comparison | undefined {
  const production = comparisons.find(({ stage }) => stage === "production");
  return production?.version === undefined
    ? (comparisons.find(({ version }) => version !== undefined) ?? production)
    : production;
}

/** Candidate and baseline on the same rows; or why there is nothing to compare. */
export function comparisonSections(comparison: Comparison): Section[] {
  const { stage, version } = comparison;
  const title = `Candidate against ${stage}`;
  if (version === undefined) {
    const text = [`Nothing to compare: no version is in ${stage} yet.`];
    return [{ title, folded: false, text }];
  }
  const rows = Object.entries(comparison.metrics).map(([name, pair]) => comparisonRow(name, pair));
  const source = {
    kept: `Version ${version}'s kept predictions, on the same ${count(comparison.rows, "test row")}, paired.`,
    recomputed: `Version ${version}'s own code predicted the same ${count(comparison.rows, "test row")} again; paired.`,
    unavailable: `Version ${version}'s predictions are not to be had${comparison.reason === undefined ? "" : `: ${comparison.reason}`}.`,
    none: "There was nothing to compare with.",
  }[comparison.predictions];
  const columns = [
    left("Metric"),
    right(`${stage} (version ${version})`),
    right("Candidate"),
    right("Difference"),
    left("Reading"),
  ];
  const compared: Section = {
    title,
    folded: false,
    text: [source],
    ...(rows.length === 0 ? {} : { table: { columns, rows } }),
  };
  return [compared, ...worseSlices(comparison)];
}

/** Every metric with its interval; the one picture of a first version. */
export function metricSection(evaluation: Evaluation, folded: boolean): Section[] {
  const rows = Object.entries(evaluation.metrics).flatMap(([name, result]) => [
    metricRow(name, result),
    ...(result.classes ?? []).map((each) => metricRow(`${name}, class ${each.class}`, { ...result, ...each })),
  ]);
  if (rows.length === 0) return [];
  const columns = [left("Metric"), right("Value"), left("Interval"), left("Better is")];
  const text = [`On ${count(evaluation.test.rows, "test row")}.`];
  return [{ title: "Metrics", folded, text, table: { columns, rows } }];
}

/** Every slice, smallest first: those are where surprises hide. */
export function sliceSection({ slices }: Evaluation): Section[] {
  if (slices.length === 0) return [];
  const names = [...new Set(slices.flatMap(({ metrics }) => Object.keys(metrics)))];
  const columns = [left("Slice"), right("Rows"), ...names.map(right)];
  const rows = [...slices]
    .sort((a, b) => a.rows - b.rows)
    .map(({ slice, rows, metrics }) => [
      sliceWords(slice),
      String(rows),
      ...names.map((name) => (Object.hasOwn(metrics, name) ? valueWords(name, metrics[name]) : "–")),
    ]);
  return [{ title: "Slices", folded: true, text: [], table: { columns, rows } }];
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
    const text = rest === 0 ? [] : [`${count(rest, "more class")} not shown.`];
    return [{ title: `Confusion matrix: ${name}`, folded: true, text, table: { columns, rows } }];
  });
}

function comparisonRow(name: string, pair: MetricComparison): Cell[] {
  const { candidate, baseline, difference } = pair;
  const unit = unitOf(name);
  return [
    name,
    isNumber(baseline) ? `${formatAgainst(baseline, candidate ?? baseline)}${unit}` : "undefined",
    isNumber(candidate) ? `${formatAgainst(candidate, baseline ?? candidate)}${unit}` : "undefined",
    differenceWords(difference),
    reading(pair),
  ];
}

function worseSlices({ slices }: Comparison): Section[] {
  if (slices === undefined || slices.length === 0) return [];
  const worse = slices
    .flatMap(({ slice, rows, metrics }) => Object.entries(metrics).map(([name, pair]) => ({ slice, rows, name, pair })))
    .filter(({ pair }) => readingOf(pair.baseline, pair.candidate, pair.greater_is_better) === "worse");
  const title = "Slices that got worse";
  if (worse.length === 0) return [{ title, folded: false, text: [`None of ${count(slices.length, "slice")}.`] }];
  worse.sort(
    (a, b) =>
      Number(isClear(b.pair.difference)) - Number(isClear(a.pair.difference)) || relative(b.pair) - relative(a.pair),
  );
  const columns = [left("Slice"), right("Rows"), ...["Metric", "Change", "Reading"].map(left)];
  const rows = worse.map(({ slice, rows, name, pair }) => [
    sliceWords(slice),
    String(rows),
    name,
    `${numberWords(pair.baseline)} → ${numberWords(pair.candidate)} (${differenceWords(pair.difference)})`,
    reading(pair),
  ]);
  return [{ title, folded: false, text: [], table: { columns, rows } }];
}

/** The size of a change beside its baseline, so that metrics of different units can stand in one order. */
function relative({ difference, baseline }: MetricComparison): number {
  return Math.abs(difference.value ?? 0) / Math.max(Math.abs(baseline ?? 0), Number.MIN_VALUE);
}

/** A difference whose interval holds zero is no clear one, whatever its sign. */
function reading({ baseline, candidate, difference, greater_is_better }: MetricComparison): Cell {
  const read = readingOf(baseline, candidate, greater_is_better);
  if (read === "unknown") return { mark: "inconclusive", text: "cannot be compared" };
  if (read === "same") return { mark: "same", text: "the same" };
  return isClear(difference) ? { mark: read, text: read } : { mark: "same", text: "no clear difference" };
}

function isClear({ intervals }: MetricValue): boolean {
  const interval = shownInterval(intervals);
  return interval === undefined || interval.low > 0 || interval.high < 0;
}

function differenceWords({ value, intervals }: MetricValue): string {
  if (!isNumber(value)) return "–";
  const interval = shownInterval(intervals);
  const signed = `${value > 0 ? "+" : ""}${formatNumber(value)}`;
  return interval === undefined ? signed : `${signed} ${formatInterval(interval, 0)}`;
}

function metricRow(name: string, result: Omit<MetricResult, "function">): Cell[] {
  const interval = shownInterval(result.intervals);
  const range = interval === undefined ? "–" : `${formatInterval(interval)} at ${formatPercent(interval.confidence)}`;
  return [name, valueWords(name, result), range, result.greater_is_better ? "larger" : "smaller"];
}

function shownInterval(intervals: MetricValue["intervals"]) {
  return intervals?.find(({ confidence }) => confidence === 0.95) ?? intervals?.[0];
}

function valueWords(
  name: string,
  result: Pick<MetricResult, "value" | "reason" | "matrix" | "classes"> | undefined,
): string {
  if (isNumber(result?.value)) return `${formatNumber(result.value)}${unitOf(name)}`;
  if (result?.matrix !== undefined || result?.classes !== undefined) return "see below";
  return result?.reason === undefined ? "undefined" : `undefined: ${result.reason}`;
}

function numberWords(value: number | null): string {
  return isNumber(value) ? formatNumber(value) : "undefined";
}

function cellNumber(value: number | undefined): string {
  return value === undefined ? "" : formatNumber(value);
}
