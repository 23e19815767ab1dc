import type { Interval } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import { findSlice, wholeNumber } from "../same-slice.ts";
import type { Estimate } from "./interval.ts";
import { levelFor } from "./levels.ts";
import type { Sampling } from "./sampling.ts";
import { everyRow, type Statistic } from "./statistic.ts";
import { meanVariance } from "./unit-moves.ts";

/** A number that a gate holds a value against, or a difference: what is shown lies on the same side of it. */
export interface Threshold extends Pick<Gate, "metric" | "class" | "slice" | "versus"> {
  /** Of a difference: in the metric's direction, so that a larger one is better. */
  at: number;
  /** Whether the value has to be at least this, or at most. */
  side: "low" | "high";
  /** The bound has to be beyond it, not at it. */
  strict: boolean;
  /** The one-sided level at which the bound is asked for. Absent: the value alone decides. */
  level?: number | undefined;
}

/** Which value is shown: a part of a metric on some rows. */
export interface Shown {
  metric: string;
  class?: unknown;
  slice?: Gate["slice"];
  /** Of a difference: whether a larger one is better. */
  difference?: { greaterIsBetter: boolean };
}

// Decimals such as 0.9 − 0.905 carry binary rounding.
const ROUNDING = 1e-12;

/** The thresholds of one value, in its own direction. */
export function thresholdsFor(thresholds: readonly Threshold[], shown: Shown): Threshold[] {
  const whole = wholeNumber(String(shown.class));
  const isClass = (asked: Gate["class"]) =>
    asked === undefined
      ? shown.class === undefined
      : String(asked) === String(shown.class) || (whole !== undefined && wholeNumber(String(asked)) === whole);
  const isSlice = (asked: Gate["slice"]) =>
    asked === undefined || shown.slice === undefined
      ? asked === shown.slice
      : findSlice([{ slice: shown.slice }], asked) !== undefined;
  const flipped = shown.difference?.greaterIsBetter === false;
  return thresholds
    .filter(
      (each) =>
        each.metric === shown.metric &&
        (each.versus !== undefined) === (shown.difference !== undefined) &&
        isClass(each.class) &&
        isSlice(each.slice),
    )
    .map((each) => (flipped ? { ...each, at: -each.at, side: each.side === "low" ? "high" : "low" } : each));
}

/**
 * An estimate as it may be shown where each look counts: its value to the nearest step, on the same side of each threshold;
 * its bounds moved outward by whole steps, as far as the value is from them, so that where they lie says nothing more of it.
 * A threshold that a bound reaches is shown in its place at the level that is asked for, so that a gate answers as it would
 * have. `magnitudes`: the two values of a difference.
 */
export function inSteps(
  estimate: Estimate,
  statistic: Statistic,
  thresholds: readonly Threshold[],
  rows: { n: number; sampling: Sampling; magnitudes?: readonly number[] },
): Estimate {
  const { value, intervals } = estimate;
  const { magnitudes = [] } = rows;
  if (!Number.isFinite(value)) return estimate;
  const step = stepOf(statistic, value, rows);
  if (step === undefined) return estimate;
  const [smallest, largest] = statistic.range;
  const clip = (number: number) => Math.min(largest, Math.max(smallest, number));
  const scale = Math.max(0, ...magnitudes.map(Math.abs));
  const isNear = (a: number, b: number) =>
    Number.isFinite(a - b) && Math.abs(a - b) <= ROUNDING * Math.max(scale, Math.abs(a), Math.abs(b));
  const grid = { step, clip, isNear };
  const nearest = clip(Math.round(value / step) * step);
  const shown = onSameSide(value, nearest, thresholds, grid);
  if (intervals === undefined) return { ...estimate, value: shown, step };
  return { ...estimate, value: shown, step, intervals: outward(intervals, value, nearest, thresholds, grid) };
}

interface Grid {
  step: number;
  clip(number: number): number;
  isNear(a: number, b: number): boolean;
}

/** The range's width by the root of the rows; without bounds the power of two at or above twice the standard error. */
function stepOf(
  statistic: Statistic,
  value: number,
  { magnitudes = [], ...rows }: { n: number; sampling: Sampling; magnitudes?: readonly number[] },
): number | undefined {
  const [smallest, largest] = statistic.range;
  const root = Math.sqrt(Math.max(1, statistic.rows));
  // A difference of two has twice the range of each.
  const width = statistic.paired ? largest : largest - smallest;
  if (Number.isFinite(width)) return width / root;
  const error = standardError(statistic, value, rows) || Math.max(Math.abs(value), ...magnitudes.map(Math.abs)) / root;
  return error > 0 ? 2 ** Math.ceil(Math.log2(2 * error)) : undefined;
}

function standardError(
  statistic: Statistic,
  value: number,
  { n, sampling }: { n: number; sampling: Sampling },
): number {
  if (statistic.influence === undefined) return 0;
  const [plain, influence] = [everyRow(n), new Float64Array(n)];
  statistic.influence(plain, value, influence);
  const error = Math.sqrt(meanVariance(influence, sampling));
  return Number.isFinite(error) ? error : 0;
}

function onSameSide(value: number, nearest: number, thresholds: readonly Threshold[], grid: Grid): number {
  const { step, clip, isNear } = grid;
  const points = thresholds.map(({ at }) => at);
  const met = points.find((at) => isNear(value, at));
  if (met !== undefined) return met;
  const below = Math.max(Number.NEGATIVE_INFINITY, ...points.filter((at) => at < value));
  const above = Math.min(Number.POSITIVE_INFINITY, ...points.filter((at) => at > value));
  const isBetween = (number: number) =>
    number > below && number < above && !isNear(number, below) && !isNear(number, above);
  const [up, down] = [Math.floor(below / step) + 1, Math.ceil(above / step) - 1];
  const others = [up, up + 1, down, down - 1].filter(Number.isFinite).map((count) => clip(count * step));
  const [found] = [nearest, ...others].filter(isBetween).sort((a, b) => Math.abs(a - nearest) - Math.abs(b - nearest));
  return found ?? (clip(below) + clip(above)) / 2;
}

function outward(
  intervals: readonly Interval[],
  value: number,
  nearest: number,
  thresholds: readonly Threshold[],
  { step, clip, isNear }: Grid,
): Interval[] {
  const steps = (distance: number) => (Math.floor(distance / step + 0.5) + 1) * step;
  /** The furthest threshold that the bound at this level reaches, where one is asked for at it. */
  const reached = (side: Threshold["side"], level: number, bound: number): number[] =>
    thresholds
      .filter((each) => each.side === side && each.level !== undefined && levelFor(each.level) === level)
      .filter(({ at, strict }) => (isNear(at, bound) ? !strict : side === "low" ? at < bound : at > bound))
      .map(({ at }) => at);
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const found = new Map<number, Interval>();
  // What a bound reaches at a strict level it reaches at each looser one.
  for (const each of [...intervals].sort((a, b) => a.level - b.level)) {
    low = Math.max(low, clip(nearest - steps(value - each.low)), ...reached("low", each.level, each.low));
    high = Math.min(high, clip(nearest + steps(each.high - value)), ...reached("high", each.level, each.high));
    found.set(each.level, { level: each.level, low, high });
  }
  return intervals.map(({ level }) => found.get(level) as Interval);
}
