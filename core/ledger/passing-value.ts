import { betaProbability, betaQuantile, normalQuantile } from "../metrics/quantiles.ts";

/** A value that was measured, and its lower bound at a one-sided level. */
export interface Bounded {
  value: number;
  low: number;
  level: number;
}

/** How a threshold is asked: the value's lower bound at `level` has to be at it, on `times` as many rows as were measured. */
export interface Question {
  threshold: number;
  level: number;
  power: number;
  times: number;
}

/**
 * The true value that passes a threshold with the power asked for, on rows like those of `measured`. How far a value is known
 * depends on where it lies, so the measured error is carried over to the threshold: between two ends as that of a share of
 * as many rows (Clopper and Pearson, 1934), beside one end in proportion to the distance from it, otherwise as it is.
 * Infinite where not even the best value would pass.
 */
export function passingValue(measured: Bounded, question: Question, ends: readonly [number, number]): number {
  const { value, low, level } = measured;
  const { threshold, power, times } = question;
  const [least, most] = ends;
  const errors = normalQuantile(1 - question.level) + normalQuantile(power);
  const known = normalQuantile(1 - level) * Math.sqrt(times);
  const isWithin = [value, low, threshold].every((each) => each >= least && each <= most);
  if (isWithin && Number.isFinite(most - least)) {
    const part = (number: number) => (number - least) / (most - least);
    const rows = times * rowsOfShare({ value: part(value), low: part(low), level });
    if (Number.isFinite(rows)) return least + (most - least) * passingShare(rows, part(threshold), question);
  }
  const distance = (number: number) => (Number.isFinite(least) ? number - least : most - number);
  if (isWithin && distance(value) > 0 && distance(low) > 0 && Number.isFinite(distance(value))) {
    const ratio = (distance(value) / distance(low)) ** (errors / known);
    return threshold + (ratio - 1) * (Number.isFinite(least) ? distance(threshold) : -distance(threshold));
  }
  return threshold + (errors / known) * (value - low);
}

/** The share that passes with the power asked for, on so many rows. */
function passingShare(rows: number, threshold: number, { level, power }: Question): number {
  // Of so many right rows, the chance of as many or more if the share is at the threshold.
  const chance = (right: number) => betaProbability(threshold, right, rows - right + 1);
  if (threshold <= 0) return 0;
  if (threshold >= 1 || chance(rows) > level) return Number.POSITIVE_INFINITY;
  const right = bisect(0, rows, (each) => chance(each) > level);
  return betaQuantile(power, right, rows - right + 1);
}

/** How many rows would bound a share of theirs so. Not finite where no number of them does. */
function rowsOfShare({ value, low, level }: Bounded): number {
  if (!(low > 0 && low < value && value <= 1)) return Number.NaN;
  const bound = (rows: number) => betaQuantile(level, rows * value, rows * (1 - value) + 1);
  return Math.exp(bisect(Math.log(1e-2), Math.log(1e9), (each) => bound(Math.exp(each)) < low));
}

/** Where `isBelow` turns false, to the last digits: it is true of `low` and false of `high`. */
function bisect(low: number, high: number, isBelow: (each: number) => boolean): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 60; step++) {
    const middle = (from + to) / 2;
    if (isBelow(middle)) from = middle;
    else to = middle;
  }
  return to;
}
