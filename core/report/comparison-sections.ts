import type { Comparison, Evaluation, MetricComparison } from "../../schemas/evaluation.ts";
import { sliceWords } from "../gates/gate-words.ts";
import { differenceWords, isClear, isWorse, readingCell, shownInterval, sideWords, UNCLEAR } from "./metric-words.ts";
import type { Cell, Section, TableColumn } from "./report.ts";
import { left, right } from "./report.ts";
import { scalarPairs } from "./scalar-metrics.ts";
import { counted } from "./verdict-words.ts";

const MOST_SLICES = 6;

// The difference tells the same in short; the metrics beside the worst one are the folded table's.
const ROWS: TableColumn = { ...right("Rows"), joins: "line" };
const CHANGE: TableColumn = { ...left("Change"), joins: "line" };
const READING: TableColumn = { ...left("Reading"), joins: "line" };
const ALSO: TableColumn = { ...left("Also worse"), drop: 0, joins: "line" };

/** The comparison a reviewer asks for: with production where there is one, otherwise with any stage that holds a version. */
export function chosenComparison(comparisons: readonly Comparison[]): Comparison | undefined {
  const production = comparisons.find(({ stage }) => stage === "production");
  return production?.version === undefined
    ? (comparisons.find(({ version }) => version !== undefined) ?? production)
    : production;
}

/** Candidate and baseline on the same rows. Nothing where no version is in the stage: the metrics' section says so. */
export function comparisonSections(comparison: Comparison, { metrics }: Pick<Evaluation, "metrics">): Section[] {
  const { stage, version } = comparison;
  if (version === undefined) return [];
  const source = {
    kept: `Version ${version}'s kept predictions, on the same ${counted(comparison.rows, "test row")}, paired.`,
    recomputed: `Version ${version}'s own code predicted the same ${counted(comparison.rows, "test row")} again; paired.`,
    unavailable: `Version ${version}'s predictions are not to be had${comparison.reason === undefined ? "" : `: ${comparison.reason}`}.`,
    none: "There was nothing to compare with.",
  }[comparison.predictions];
  const columns: TableColumn[] = [
    left("Metric"),
    right(`Version ${version}`),
    { ...right("Candidate"), joins: "line" },
    right("Difference"),
    READING,
  ];
  const pairs = scalarPairs(comparison.metrics, metrics);
  const rows = pairs.map(([name, pair]) => [
    name,
    sideWords(name, pair.baseline, pair.candidate),
    sideWords(name, pair.candidate, pair.baseline),
    differenceWords(pair.difference),
    readingCell(name, pair),
  ]);
  const text = [source, ...legend(pairs)].join(" ");
  return [
    {
      title: `Candidate against ${stage}`,
      folded: false,
      text: [text],
      ...(rows.length === 0 ? {} : { table: { columns, rows } }),
    },
    ...worseSlices(comparedSlices(comparison, metrics)),
  ];
}

/** Every metric of every slice, for who wants to look closer. */
export function sliceComparisonSection(comparison: Comparison, { metrics }: Pick<Evaluation, "metrics">): Section[] {
  const slices = comparedSlices(comparison, metrics);
  if (slices.length === 0) return [];
  const columns = [left("Slice"), ROWS, left("Metric"), { ...CHANGE, drop: 0 }, right("Difference"), READING];
  const shown = slices.flatMap(({ slice, rows, pairs }) =>
    pairs.filter(([, pair]) => pair.difference.value !== null).map((pair) => ({ slice, rows, pair })),
  );
  const rows = shown.map(({ slice, rows, pair: [name, pair] }): Cell[] => [
    slice,
    String(rows),
    name,
    changeWords(name, pair),
    differenceWords(pair.difference),
    readingCell(name, pair),
  ]);
  const text = legend(shown.map(({ pair }) => pair));
  return [{ title: `Slices against ${comparison.stage}`, folded: true, text, table: { columns, rows } }];
}

/** What a reading means, where one of the rows below has it. */
function legend(pairs: readonly NamedPair[]): string[] {
  const isUnclear = (cell: Cell) => typeof cell !== "string" && cell.text === UNCLEAR;
  const isAtZero = ([name, { difference }]: NamedPair) => {
    const interval = shownInterval(difference.intervals);
    return difference.step !== undefined && isClear(name, difference) && [interval?.low, interval?.high].includes(0);
  };
  return [
    ...(pairs.some((pair) => isUnclear(readingCell(...pair))) ? ["Unclear: the interval holds zero."] : []),
    ...(pairs.some(isAtZero) ? ["Bounds in steps lie outward: with one at 0 the difference is clear."] : []),
  ];
}

interface ComparedSlice {
  slice: string;
  rows: number;
  pairs: NamedPair[];
}

type NamedPair = [name: string, pair: MetricComparison];

/** Each slice once: a gate may ask for one that `slices` names already. */
function comparedSlices({ slices = [] }: Comparison, metrics: Evaluation["metrics"]): ComparedSlice[] {
  const named = slices.map(({ slice, rows, metrics: pairs }) => ({
    ...{ slice: sliceWords(slice), rows },
    pairs: scalarPairs(pairs, metrics),
  }));
  return [...new Map(named.map((each) => [each.slice, each])).values()];
}

/** A line for each slice that got clearly worse, by the metric that shows it best; the clearest first. */
function worseSlices(slices: readonly ComparedSlice[]): Section[] {
  if (slices.length === 0) return [];
  const found = slices
    .map(({ slice, rows, pairs }) => {
      const worse = pairs.filter(([, pair]) => isWorse(pair));
      const clear = worse.filter(([name, pair]) => isClear(name, pair.difference));
      clear.sort(([, a], [, b]) => clearness(b) - clearness(a));
      return { slice, rows, clear, worse };
    })
    .filter(({ worse }) => worse.length > 0);
  const clear = found
    .filter((each) => each.clear.length > 0)
    .sort((a, b) => clearness(b.clear[0]?.[1]) - clearness(a.clear[0]?.[1]));
  const unclear = found.length - clear.length;
  const title = "Slices that got worse";
  const within =
    unclear === 0
      ? ""
      : ` ${unclear}${clear.length === 0 ? "" : " more"} ${unclear === 1 ? "is" : "are"} worse within the noise.`;
  const all = counted(slices.length, "slice");
  if (clear.length === 0) return [{ title, folded: false, text: [`None of ${all} is clearly worse.${within}`] }];
  const shown = clear.slice(0, MOST_SLICES);
  const rest = clear.length - shown.length;
  const columns = [left("Slice"), ROWS, left("Metric"), CHANGE, right("Difference"), ALSO];
  const rows = shown.map(({ slice, rows, clear: [worst, ...others] }): Cell[] => [
    { mark: "worse", text: slice },
    String(rows),
    worst?.[0] ?? "",
    worst === undefined ? "" : changeWords(...worst),
    worst === undefined ? "" : differenceWords(worst[1].difference),
    others.map(([name]) => name).join(", "),
  ]);
  const more = rest === 0 ? "" : ` The ${MOST_SLICES} clearest are shown.`;
  const text = [`${clear.length} of ${all} ${clear.length === 1 ? "is" : "are"} clearly worse.${within}${more}`];
  return [{ title, folded: false, text, table: { columns, rows } }];
}

/** A difference by the width of its interval, so that metrics of different units can stand in one order. */
function clearness(pair: MetricComparison | undefined): number {
  const interval = shownInterval(pair?.difference.intervals);
  const width = interval === undefined ? 0 : interval.high - interval.low;
  return Math.abs(pair?.difference.value ?? 0) / Math.max(width, Number.MIN_VALUE);
}

function changeWords(name: string, { baseline, candidate }: MetricComparison): string {
  return `${sideWords(name, baseline, candidate)} → ${sideWords(name, candidate, baseline)}`;
}
