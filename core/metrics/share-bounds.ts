import type { Bounds } from "./bounds.ts";
import { designEffect } from "./design-effect.ts";
import { betaQuantile, normalQuantile, studentQuantile } from "./quantiles.ts";
import type { Sampling } from "./sampling.ts";
import { everyRow, type Statistic } from "./statistic.ts";

/** How many rows of the kind that counts most against a value its sample is taken to lack, beside those it has. */
const UNSEEN = 1;

/** How much a value's own bounds count for a difference, beside the rows that stand between the value and the end of its scale. */
const ALONE = 1;

/**
 * Bounds of a value between two bounds, on a scale from 0 to 1: Clopper and Pearson's (1934), with as many rows as a share
 * would need for the variance that the value has (Korn and Graubard, 1998). A share of independent rows has those that it
 * counts, and its bounds are exact.
 */
export function scoreBounds(statistic: Statistic, value: number, n: number, sampling: Sampling): Bounds {
  const [smallest, largest] = statistic.range;
  const width = largest - smallest;
  const p = Math.min(1, Math.max(0, (value - smallest) / width));
  const influence = influenceOf(statistic, value, n);
  const { outcomes, unseen = UNSEEN } = statistic;
  const rows = outcomes ? counted(outcomes) : statistic.rows;
  const design = designEffect(influence, rows, sampling);
  const variance = (squares(influence) * rows) / Math.max(1, rows - 1) / (n * width) ** 2;
  const rowsFor = (level: number, room: number): number => {
    if (outcomes) return rows / design(level, room);
    const seen = (p * (1 - p)) / variance;
    const few = variance === 0 ? 0 : seen * room;
    const t = studentOverNormal(level, rows - 1);
    return 1 / ((variance === 0 ? 0 : t ** 2 / seen) + unseen / (unseen + few) / rows) / design(level, room);
  };
  return (level) => {
    const reason = tooFew(statistic, level);
    if (reason !== undefined) return { reason };
    const [below, above] = [rowsFor(level, 1 - p), rowsFor(level, p)];
    const low = p === 0 ? 0 : betaQuantile(level, p * below, (1 - p) * below + 1);
    const high = p === 1 ? 1 : betaQuantile(1 - level, p * above + 1, (1 - p) * above);
    return { low: smallest + width * low, high: smallest + width * high };
  };
}

/** Bounds of candidate − baseline, both between two bounds and on the same rows. */
export function differenceBounds(statistic: Statistic, value: number, n: number, sampling: Sampling): Bounds {
  return statistic.counts ? countedBounds(statistic, value, n, sampling) : rankedBounds(statistic, value, n, sampling);
}

/**
 * The rows where the two disagree add up to gains and losses, of one size each (as many as their influences' fourth moments
 * say): Clopper and Pearson's bounds of both numbers, combined as Newcombe (1998) does.
 */
function countedBounds(statistic: Statistic, value: number, n: number, sampling: Sampling): Bounds {
  const influence = influenceOf(statistic, value, n);
  const moves = statistic.outcomes ?? influence;
  const rows = counted(moves);
  const [two, four] = [squares(moves), moves.reduce((sum, each) => sum + (Number.isNaN(each) ? 0 : each ** 4), 0)];
  const disagreeing = four === 0 ? 0 : two ** 2 / four;
  const step = four === 0 ? 1 / rows : Math.sqrt(two / disagreeing) / rows;
  const gains = Math.min(disagreeing, Math.max(0, (disagreeing + value / step) / 2));
  const losses = disagreeing - gains;
  const design = designEffect(influence, rows, sampling);
  // Where the two count the same rows, those where they disagree say all.
  const alone = statistic.outcomes ? () => ({ below: 0, above: 0 }) : roomsAlone(statistic, n, sampling);
  const least = (count: number, level: number) =>
    count <= 0 ? 0 : rows * betaQuantile(level, count, Math.max(0, rows - count) + 1);
  const most = (count: number, level: number) =>
    count >= rows ? rows : rows * betaQuantile(1 - level, count + 1, rows - count);
  return (level) => {
    const reason = tooFew(statistic, level);
    if (reason !== undefined) return { reason };
    const t = statistic.outcomes ? 1 : studentOverNormal(level, statistic.rows - 1);
    const scale = step * t * Math.sqrt(design(level, 1));
    const room = (of: number, against: number) =>
      scale * Math.hypot(of - least(of, level), most(against, level) - against);
    const { below, above } = alone(level);
    return {
      low: value - Math.hypot(room(gains, losses), below),
      high: value + Math.hypot(room(losses, gains), above),
    };
  };
}

/**
 * Student's t with the variance of the difference (DeLong's, of areas), and a share of what the bounds of each value by itself
 * say: the larger, the fewer rows stand between a value and the end of its scale.
 */
function rankedBounds(statistic: Statistic, value: number, n: number, sampling: Sampling): Bounds {
  const influence = influenceOf(statistic, value, n);
  const rows = Math.max(2, statistic.rows);
  const variance = (squares(influence) * rows) / (rows - 1) / n ** 2;
  const design = designEffect(influence, rows, sampling);
  const alone = roomsAlone(statistic, n, sampling);
  return (level) => {
    const reason = tooFew(statistic, level);
    if (reason !== undefined) return { reason };
    const half = studentQuantile(1 - level, rows - 1) * Math.sqrt(variance * design(level, 1));
    const { below, above } = alone(level);
    return { low: value - Math.hypot(half, below), high: value + Math.hypot(half, above) };
  };
}

/**
 * What the bounds of each of two values by itself add to those of their difference, at a level: the more, the fewer rows stand
 * between a value and the end of its scale.
 */
function roomsAlone(
  statistic: Statistic,
  n: number,
  sampling: Sampling,
): (level: number) => { below: number; above: number } {
  const own = (statistic.pair ?? []).map((one) => {
    const value = one.value(everyRow(n));
    const [smallest, largest] = one.range;
    const p = (value - smallest) / (largest - smallest);
    const spread = squares(influenceOf(one, value, n)) / (n * (largest - smallest)) ** 2;
    const few = spread === 0 ? 0 : (p * (1 - p) * Math.min(p, 1 - p)) / spread;
    return { value, few, bounds: scoreBounds(one, value, n, sampling) };
  });
  const few = Math.min(...own.map((one) => one.few));
  const weight = Math.sqrt(ALONE / (ALONE + few));
  return (level) => {
    const [ours, theirs] = own.map((one) => {
      const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = one.bounds(level);
      return { below: one.value - low, above: high - one.value };
    });
    const room = (a = 0, b = 0) => weight * Math.hypot(a, b);
    return { below: room(ours?.below, theirs?.above), above: room(ours?.above, theirs?.below) };
  };
}

/** A difference, and a function of the confusion matrix, needs some rows of each class before its variance says anything: the more, the stricter the level. */
function tooFew({ fewest }: Statistic, level: number): string | undefined {
  const needed = Math.ceil(-2.7 * Math.log(level));
  return fewest === undefined || fewest >= needed
    ? undefined
    : `it rests on ${fewest} rows of the smallest class, and needs ${needed}`;
}

function influenceOf(statistic: Statistic, value: number, n: number): Float64Array {
  const influence = new Float64Array(n);
  statistic.influence?.(everyRow(n), value, influence);
  return influence;
}

function studentOverNormal(level: number, degrees: number): number {
  return studentQuantile(1 - level, Math.max(1, degrees)) / normalQuantile(1 - level);
}

const counted = (values: Float64Array) => values.reduce((sum, each) => sum + Number(!Number.isNaN(each)), 0);
const squares = (values: Float64Array) => values.reduce((sum, each) => sum + (Number.isNaN(each) ? 0 : each * each), 0);
