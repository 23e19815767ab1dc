import type { Interval, MetricValue } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import { levelFor } from "../metrics/levels.ts";
import { normalQuantile } from "../metrics/quantiles.ts";

/** How often what is said to be seen is found. */
export const POWER = 0.8;

/** What a test set can see of what a gate asks about. */
export interface Sight {
  /** The one-sided level that decides. */
  level: number;
  /** In the metric's unit: a truth so far on the right side of what is asked passes in 80 % of tries. */
  seen: number;
  /** Test rows behind it. */
  rows: number;
}

/** What was measured of a gate's metric, or of the difference that it asks for. */
export interface Measured {
  measure: Pick<MetricValue, "value" | "intervals" | "step">;
  rows: number;
}

/**
 * What rows like these can see at a level: (z(1 − level) + z(0.8)) standard errors, by the error that the recorded bounds
 * stand for. They are taken at the level itself, otherwise at the strictest one that was recorded. Undefined where no bound
 * was recorded, and where candidate and baseline say the same on every row.
 */
export function sightAt(gate: Gate, { measure, rows }: Measured, asked: number): Sight | undefined {
  const level = levelFor(asked) ?? asked;
  const intervals = measure.intervals ?? [];
  const interval = intervals.find((each) => each.level === level) ?? intervals.at(-1);
  if (interval === undefined || !isNumber(measure.value)) return undefined;
  const found = reach(gate, measure.value, interval);
  // In steps a bound lies outward by half a step to one and a half.
  const { step } = measure;
  const own = step === undefined ? found : Math.max(found - step, step / 2);
  const error = own / normalQuantile(1 - interval.level);
  const seen = (normalQuantile(1 - level) + normalQuantile(POWER)) * error;
  return seen > 0 && Number.isFinite(seen) ? { level, seen, rows } : undefined;
}

/** How far a bound is from the value, on the side that the gate looks at; of two sides their mean. */
function reach(gate: Gate, value: number, { low, high }: Interval): number {
  if (gate.versus !== undefined) return (high - low) / 2;
  const sides = [
    ...(gate["at-least"] === undefined ? [] : [value - low]),
    ...(gate["at-most"] === undefined ? [] : [high - value]),
  ];
  return Math.max(0, ...sides);
}

/** What so many times as many rows of the same kind would see. */
export function sightOfRows({ level, seen, rows }: Sight, times: number): Sight {
  return { level, seen: seen / Math.sqrt(times), rows: Math.round(rows * times) };
}

/** How much a gate lets a version be worse, or wants it to be better; undefined where it compares with nothing, or with 0. */
export function marginOf(gate: Gate): number | undefined {
  const margin = gate["max-regression"] ?? gate["min-improvement"];
  return gate.versus === undefined || margin === 0 ? undefined : margin;
}

/** How many rows like these it takes to see a difference of this size. */
export function rowsToSee(margin: number, { seen, rows }: Sight): number {
  return Math.ceil(rows * (seen / margin) ** 2);
}
