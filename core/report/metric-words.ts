import type { MetricComparison, MetricValue } from "../../schemas/evaluation.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import { unitOf, varies } from "../gates/gate-words.ts";
import { formatAgainst, formatInterval, formatNumber, nearlyEqual } from "../gates/number-words.ts";
import { SHOWN_LEVEL } from "../metrics/levels.ts";
import type { Cell } from "./report.ts";

/** The interval that tables and charts show: the two-sided one at 95 %. */
export function shownInterval(intervals: MetricValue["intervals"]) {
  return intervals?.find(({ level }) => level === SHOWN_LEVEL);
}

/** `0.9417`, `3.2 ms`, `undefined: no positive row`. */
export function valueWords(name: string, result: MetricValue | undefined): string {
  if (isNumber(result?.value)) {
    const unit = unitOf(name);
    return unit === "" ? formatNumber(result.value) : `${measured(result.value)}${unit}`;
  }
  return result?.reason === undefined ? "undefined" : `undefined: ${result.reason}`;
}

/** A time, a size or a difference: three digits say all there is. */
export function measured(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}

/** One side of a pair, with the digits that tell it from the other. */
export function sideWords(name: string, value: number | null, other: number | null): string {
  if (!isNumber(value)) return "undefined";
  const unit = unitOf(name);
  return unit === "" ? formatAgainst(value, other ?? value) : `${measured(value)}${unit}`;
}

/** `-0.0314 [-0.072, 0.0091]`. */
export function differenceWords({ value, intervals }: MetricValue): string {
  if (!isNumber(value)) return "–";
  const interval = shownInterval(intervals);
  const signed = `${value > 0 ? "+" : ""}${measured(value)}`;
  return interval === undefined ? signed : `${signed} ${formatInterval(interval, 0)}`;
}

/** `unclear`: there is an interval that holds zero, or, of values in steps, none that tells. */
export type MetricTrend = "better" | "worse" | "same" | "unclear" | "unknown";

/** Better or worse, by the metric's own direction; binary rounding is no change. */
export function readingOf(
  from: number | null,
  to: number | null,
  greaterIsBetter: boolean | undefined,
): Exclude<MetricTrend, "unclear"> {
  if (!isNumber(from) || !isNumber(to) || greaterIsBetter === undefined) return "unknown";
  if (nearlyEqual(from, to)) return "same";
  return to > from === greaterIsBetter ? "better" : "worse";
}

/** A difference whose interval holds zero is no clear one, whatever its sign. */
export function pairTrend(name: string, pair: MetricComparison): MetricTrend {
  const read = direction(pair);
  if (read === "unknown" || (read === "same" && pair.difference.step === undefined)) return read;
  return read !== "same" && isClear(name, pair.difference) ? read : "unclear";
}

/** In steps the two sides may stand at the same value, and their difference at another step than zero. */
function direction({ baseline, candidate, difference, greater_is_better }: MetricComparison) {
  if (difference.step === undefined) return readingOf(baseline, candidate, greater_is_better);
  return readingOf(0, difference.value, greater_is_better);
}

/** What a pair says, for a table; a time differs from run to run. */
export function readingCell(name: string, pair: MetricComparison): Cell {
  const trend = pairTrend(name, pair);
  if (trend === "unknown" || trend === "same") return trendCell(trend);
  if (varies(name)) return { mark: "inconclusive", text: "varies" };
  if (trend === "unclear" && shownInterval(pair.difference.intervals) === undefined)
    return { mark: "inconclusive", text: "no interval" };
  return trendCell(trend);
}

export function trendCell(trend: MetricTrend): Cell {
  if (trend === "unknown") return { mark: "inconclusive", text: "unknown" };
  if (trend === "same") return { mark: "same", text: "the same" };
  return trend === "unclear" ? { mark: "same", text: UNCLEAR } : { mark: trend, text: trend };
}

/** What a reading says of a difference whose interval holds zero. */
export const UNCLEAR = "unclear";

export function isWorse(pair: MetricComparison): boolean {
  return direction(pair) === "worse";
}

/** A size is measured, not estimated: of all else only an interval away from zero is clear. */
export function isClear(name: string, { value, intervals, step }: MetricValue): boolean {
  const interval = shownInterval(intervals);
  if (interval === undefined) return name === "artifact_mb";
  const { low, high } = interval;
  if (step === undefined || !isNumber(value)) return low > 0 || high < 0;
  // Bounds in steps lie outward: the exact one is on the value's side of zero where this one is at zero.
  return (value > 0 && low >= 0) || (value < 0 && high <= 0);
}
