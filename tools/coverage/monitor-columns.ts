import { cutsOf, ranksOf } from "../../core/data/quantile-ranks.ts";
import type { CurrentColumn } from "../../core/drift/compare-column.ts";
import { normalQuantile } from "../../core/metrics/quantiles.ts";
import type { ColumnProfile } from "../../schemas/data-record.ts";
import type { RandomNumbers } from "./random-numbers.ts";

/** A column of a population. A row's value is the number of thresholds below a normal number, so columns may go together. */
export interface SimulatedColumn {
  name: string;
  thresholds: readonly number[];
  nulls: number;
  profile: ColumnProfile;
  /** What a window has of it, from rows of each value. */
  current(values: readonly number[], nulls: number): CurrentColumn;
}

const LISTED = 100;
/** Shares of a column's values, for columns of few values. */
const zipf = (values: number) => Array.from({ length: values }, (_, at) => 1 / (at + 1));
const even = (values: number) => Array.from({ length: values }, () => 1);
const falling = (values: number) => Array.from({ length: values }, (_, at) => 0.6 ** at);

/** Fifty columns as tables have them: mostly numbers, some with nulls; counts, rare flags, a constant, and categories, few and many. */
export function fiftyColumns(random: RandomNumbers, n: number): SimulatedColumn[] {
  const numbers = [...even(28).map(() => 0), ...even(4).map(() => 0.005), ...even(4).map(() => 0.05)];
  const whole = [falling(10), falling(10), zipf(6), [7, ...even(40).map(() => 0.075)], [3, ...even(4)], [1]];
  const flags = [0.005, 0.02].map((share) => [1 - share, share]);
  const categories = [even(2), zipf(5), zipf(20), zipf(80), zipf(300), even(30)];
  return [
    ...numbers.map((nulls, at) => continuous(random, `number${at}`, n, nulls)),
    ...[...whole, ...flags].map((shares, at) => wholeNumbers(random, `whole${at}`, n, shares)),
    ...categories.map((shares, at) => category(random, `category${at}`, n, shares)),
  ];
}

/** The shares of values between the reference's cuts are themselves chance: as those between every n/64-th of n sorted values. */
function continuous(random: RandomNumbers, name: string, n: number, nulls: number): SimulatedColumn {
  const missing = countChance(random, n, nulls);
  const ranks = ranksOf(n - missing).slice(0, 63);
  const counts = [...ranks, n - missing].map((rank, at) => rank - (ranks[at - 1] ?? 0));
  const masses = counts.map((count, at) => random.gamma(at < ranks.length ? count : count + 1));
  const cuts = ranks.map((_rank, at) => at);
  return {
    name,
    thresholds: thresholdsOf(masses),
    nulls,
    profile: { type: "double", nulls: missing, nan: 0, infinite: 0, cuts, counts },
    current: (values, now) => ({ ...about(name, values, now), nan: 0, infinite: 0, counts: values }),
  };
}

function wholeNumbers(random: RandomNumbers, name: string, n: number, shares: readonly number[]): SimulatedColumn {
  const thresholds = thresholdsOf(shares);
  const found = countValues(drawNormals(random, n), thresholds);
  const sorted = found.flatMap((count, value) => Array.from({ length: count }, () => value));
  const cuts = cutsOf(ranksOf(n).map((rank) => sorted[rank - 1] as number));
  const binned = (values: readonly number[]) => {
    const counts = [...cuts.map(() => 0), 0];
    for (const [value, count] of values.entries()) {
      const bin = cuts.findIndex((cut) => value <= cut);
      const at = bin < 0 ? cuts.length : bin;
      counts[at] = (counts[at] ?? 0) + count;
    }
    return counts;
  };
  return {
    name,
    thresholds,
    nulls: 0,
    profile: { type: "long", nulls: 0, nan: 0, infinite: 0, cuts, counts: binned(found) },
    current: (values, now) => ({ ...about(name, values, now), counts: binned(values) }),
  };
}

function category(random: RandomNumbers, name: string, n: number, shares: readonly number[]): SimulatedColumn {
  const thresholds = thresholdsOf(shares);
  const all = countValues(drawNormals(random, n), thresholds)
    .map((count, value) => ({ value: String(value), count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const top = all.slice(0, LISTED);
  const other = all.slice(LISTED).reduce((sum, { count }) => sum + count, 0);
  return {
    name,
    thresholds,
    nulls: 0,
    profile: { type: "string", nulls: 0, top, other },
    current(values, now) {
      const categories = Object.fromEntries(top.map(({ value }) => [value, values[Number(value)] ?? 0]));
      const known = Object.values(categories).reduce((sum, count) => sum + count, 0);
      return { ...about(name, values, now), categories, other: total(values) - known };
    },
  };
}

/** How many of the normal numbers are above so many thresholds: rows of each value. */
export function countValues(normals: Float64Array, thresholds: readonly number[]): number[] {
  const counts = Array.from({ length: thresholds.length + 1 }, () => 0);
  for (const z of normals) {
    let [low, high] = [0, thresholds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (z > (thresholds[middle] as number)) low = middle + 1;
      else high = middle;
    }
    counts[low] = (counts[low] as number) + 1;
  }
  return counts;
}

/** Two from each pair of random numbers (Box and Muller): most of the time of a simulation goes here. */
export function drawNormals({ uniform }: RandomNumbers, count: number): Float64Array {
  const normals = new Float64Array(count);
  for (let at = 0; at < count; at += 2) {
    const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform())), 2 * Math.PI * uniform()];
    normals[at] = radius * Math.cos(angle);
    if (at + 1 < count) normals[at + 1] = radius * Math.sin(angle);
  }
  return normals;
}

export function countChance(random: RandomNumbers, rows: number, share: number): number {
  if (share === 0) return 0;
  let found = 0;
  for (let row = 0; row < rows; row++) found += Number(random.chance(share));
  return found;
}

function thresholdsOf(shares: readonly number[]): number[] {
  const whole = total(shares);
  let below = 0;
  return shares.slice(0, -1).map((share) => {
    below += share / whole;
    return normalQuantile(below);
  });
}

function about(name: string, values: readonly number[], nulls: number) {
  return { name, of: "feature" as const, rows: total(values) + nulls, nulls };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
