import type { Interval, MetricValue } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import { levelFor } from "../metrics/levels.ts";
import { normalQuantile } from "../metrics/quantiles.ts";
import { passingValue } from "./passing-value.ts";

/** How often what is said to be seen is found. */
export const POWER = 0.8;

/** What a test set can see of what a gate asks about. */
export interface Sight {
  /** The one-sided level that decides. */
  level: number;
  /**
   * In the metric's unit: a truth so far on the right side of what is asked passes in 80 % of tries. Infinite where not even
   * the best value would pass.
   */
  seen: number;
  /** Test rows behind it. */
  rows: number;
}

/** What was measured of a gate's metric, or of the difference that it asks for. */
export interface Measured {
  measure: Pick<MetricValue, "value" | "intervals" | "step">;
  rows: number;
  /** The ends that the metric lies between; absent where it has none. */
  range?: readonly [number, number] | undefined;
  /** How many times as many rows will decide. Default: 1. */
  times?: number | undefined;
}

/**
 * What rows like these can see at a level, by the error that the recorded bounds stand for: of a difference
 * (z(1 − level) + z(0.8)) standard errors, of a value as far as `passingValue` is from the threshold. Bounds are taken at the
 * level itself, otherwise at the strictest one that was recorded. Undefined where no bound was recorded, and where candidate
 * and baseline say the same on every row.
 */
export function sightAt(gate: Gate, measured: Measured, asked: number): Sight | undefined {
  const { measure, rows, times = 1 } = measured;
  const level = levelFor(asked) ?? asked;
  const intervals = measure.intervals ?? [];
  const interval = intervals.find((each) => each.level === level) ?? intervals.at(-1);
  if (interval === undefined || !isNumber(measure.value)) return undefined;
  const seen =
    gate.versus === undefined
      ? seenBeyond(gate, { ...measured, value: measure.value, interval }, level)
      : ((normalQuantile(1 - level) + normalQuantile(POWER)) * errorOf(measure, interval)) / Math.sqrt(times);
  return seen > 0 ? { level, seen, rows: Math.round(rows * times) } : undefined;
}

/** The standard error of a difference that its bounds stand for. */
function errorOf({ step }: Measured["measure"], { level, low, high }: Interval): number {
  return inwardBy(step, (high - low) / 2) / normalQuantile(1 - level);
}

/** In steps a bound lies outward by half a step to one and a half. */
function inwardBy(step: number | undefined, distance: number): number {
  return step === undefined ? distance : Math.max(distance - step, step / 2);
}

/** How far beyond its threshold a value passes; of two thresholds the farther one. */
function seenBeyond(
  { "at-least": least, "at-most": most }: Gate,
  about: Measured & { value: number; interval: Interval },
  level: number,
): number {
  const { value, interval, times = 1 } = about;
  const [low, high] = about.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const beyond = (threshold: number, from: number, bound: number, ends: readonly [number, number]) => {
    const inward = from - inwardBy(about.measure.step, from - bound);
    const question = { threshold, level, power: POWER, times };
    return passingValue({ value: from, low: inward, level: interval.level }, question, ends) - threshold;
  };
  return Math.max(
    0,
    least === undefined ? 0 : beyond(least, value, interval.low, [low, high]),
    most === undefined ? 0 : beyond(-most, -value, -interval.high, [-high, -low]),
  );
}

/**
 * How much a gate lets a version be worse, or wants it to be better; undefined where it compares with nothing, and where every
 * improvement is one.
 */
export function marginOf(gate: Gate): number | undefined {
  if (gate.versus === undefined) return undefined;
  return gate["max-regression"] ?? (gate["min-improvement"] || undefined);
}

/** How many rows like these it takes to see a difference of this size; infinite of none. */
export function rowsToSee(margin: number, { seen, rows }: Sight): number {
  return Math.ceil(rows * (seen / margin) ** 2);
}
