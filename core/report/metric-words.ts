import type { MetricComparison, MetricValue } from "../../schemas/evaluation.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import { unitOf } from "../gates/gate-words.ts";
import { formatAgainst, formatInterval, formatNumber } from "../gates/number-words.ts";
import { SHOWN_LEVEL } from "../metrics/levels.ts";
import { readingOf } from "./diff-versions.ts";
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

/** A difference whose interval holds zero is no clear one, whatever its sign; a time differs from run to run. */
export function readingCell(name: string, pair: MetricComparison): Cell {
  const { baseline, candidate, difference, greater_is_better } = pair;
  const read = readingOf(baseline, candidate, greater_is_better);
  if (read === "unknown") return { mark: "inconclusive", text: "unknown" };
  if (read === "same") return { mark: "same", text: "the same" };
  if (varies(name)) return { mark: "inconclusive", text: "varies" };
  if (isClear(name, difference)) return { mark: read, text: read };
  return shownInterval(difference.intervals) === undefined
    ? { mark: "inconclusive", text: "no interval" }
    : { mark: "same", text: UNCLEAR };
}

/** What a reading says of a difference whose interval holds zero. */
export const UNCLEAR = "unclear";

/** Whether a metric differs from run to run of the same thing. */
export function varies(name: string): boolean {
  return name === "predict_ms_per_row";
}

export function isWorse({ baseline, candidate, greater_is_better }: MetricComparison): boolean {
  return readingOf(baseline, candidate, greater_is_better) === "worse";
}

/** A size is measured, not estimated: of all else only an interval away from zero is clear. */
export function isClear(name: string, { intervals }: MetricValue): boolean {
  const interval = shownInterval(intervals);
  if (interval === undefined) return name === "artifact_mb";
  return interval.low > 0 || interval.high < 0;
}
