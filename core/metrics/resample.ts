import type { IntervalMethod } from "../../schemas/evaluation.ts";
import { randomBits, randomIndex } from "./random.ts";
import type { Scored } from "./scored.ts";
import type { Draw } from "./statistic.ts";

/** Draws test rows again and again: single rows, whole groups, or blocks of time. */
export interface Resampler {
  unit: IntervalMethod["unit"];
  /** How many rows, groups or blocks a draw is made of. */
  units: number;
  /** Starts over from the seed, so that the same call gives the same draws. */
  start(seed: number): void;
  /** The next draw: its counts (n) are overwritten by the one after, its id never comes again. */
  next(): Draw;
  /**
   * The variance of the mean of `values` (n), as the draw's own units show it. `values` are centred on the draw's mean;
   * units are taken as independent.
   */
  variance(draw: Draw, values: Float64Array): number;
  /** How many rows each unit of the test rows themselves has; blocks of time are those that tile the rows. */
  sizes: Float64Array;
  /** The sum of `values` (n) over each of those units. */
  sums(values: Float64Array): Float64Array;
}

/** Groups where there are groups, else blocks where there are times, else rows. */
export function resamplerOf(scored: Pick<Scored, "ids" | "groups" | "times">): Resampler {
  if (scored.groups) return byGroup(scored.groups);
  return scored.times ? byTime(scored.times) : byRow(scored.ids.length);
}

function byRow(n: number): Resampler {
  let bits = randomBits(0);
  const draw: Draw = { id: 0, counts: new Uint16Array(n), total: n };
  return {
    unit: "row",
    units: n,
    start: (seed) => {
      bits = randomBits(seed);
    },
    next() {
      draw.id += 1;
      const counts = draw.counts.fill(0);
      for (let i = 0; i < n; i++) {
        const row = randomIndex(bits, n);
        counts[row] = (counts[row] as number) + 1;
      }
      return draw;
    },
    variance({ counts }, values) {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        const value = values[i] as number;
        sum += (counts[i] as number) * value * value;
      }
      return sum / (n * n);
    },
    sizes: new Float64Array(n).fill(1),
    sums: (values) => values.slice(),
  };
}

/** The cluster bootstrap: as many groups as there are, with replacement, each with all its rows. */
function byGroup(ids: readonly string[]): Resampler {
  const places = new Map<string, number>();
  const groupOf = Uint32Array.from(ids, (id) => {
    const known = places.get(id) ?? places.size;
    places.set(id, known);
    return known;
  });
  const units = places.size;
  const drawn = new Uint16Array(units);
  const sums = new Float64Array(units);
  const sumsOf = (values: Float64Array): Float64Array => {
    const found = new Float64Array(units);
    for (let row = 0; row < ids.length; row++) {
      const group = groupOf[row] as number;
      found[group] = (found[group] as number) + (values[row] as number);
    }
    return found;
  };
  let bits = randomBits(0);
  const draw: Draw = { id: 0, counts: new Uint16Array(ids.length), total: 0 };
  return {
    unit: "group",
    units,
    start: (seed) => {
      bits = randomBits(seed);
    },
    next() {
      draw.id += 1;
      drawn.fill(0);
      for (let i = 0; i < units; i++) {
        const group = randomIndex(bits, units);
        drawn[group] = (drawn[group] as number) + 1;
      }
      draw.total = 0;
      for (let row = 0; row < ids.length; row++) {
        const count = drawn[groupOf[row] as number] as number;
        draw.counts[row] = count;
        draw.total += count;
      }
      return draw;
    },
    variance({ counts, total }, values) {
      sums.fill(0);
      let sum = 0;
      for (let row = 0; row < ids.length; row++) {
        const group = groupOf[row] as number;
        sums[group] = (sums[group] as number) + (values[row] as number);
        drawn[group] = counts[row] as number;
      }
      for (let group = 0; group < units; group++) sum += (drawn[group] as number) * (sums[group] as number) ** 2;
      return sum / (total * total);
    },
    sizes: sumsOf(new Float64Array(ids.length).fill(1)),
    sums: sumsOf,
  };
}

/**
 * The circular block bootstrap (Politis and Romano, 1992): rows in order of time (equal times in order of rows), in
 * blocks of ceil(2 · n^(1/3)) rows that start anywhere and wrap around; the last block is cut so that a draw has n rows.
 */
function byTime(times: Float64Array): Resampler {
  const n = times.length;
  const length = blockLength(n);
  const units = Math.ceil(n / length);
  const order = Uint32Array.from(times, (_time, row) => row).sort(
    (a, b) => (times[a] as number) - (times[b] as number) || a - b,
  );
  const starts = new Uint32Array(units);
  const steps = new Int32Array(2 * n + 1);
  const sums = new Float64Array(n + length + 1);
  let bits = randomBits(0);
  const draw: Draw = { id: 0, counts: new Uint16Array(n), total: n };
  const lengthOf = (block: number): number => Math.min(length, n - block * length);
  const sumsOf = (values: Float64Array): Float64Array => {
    const found = new Float64Array(units);
    order.forEach((row, at) => {
      const block = Math.floor(at / length);
      found[block] = (found[block] as number) + (values[row] as number);
    });
    return found;
  };
  return {
    unit: "time-block",
    units,
    start: (seed) => {
      bits = randomBits(seed);
    },
    next() {
      draw.id += 1;
      steps.fill(0);
      for (let block = 0; block < units; block++) {
        const from = randomIndex(bits, n);
        starts[block] = from;
        const to = from + lengthOf(block);
        steps[from] = (steps[from] as number) + 1;
        steps[to] = (steps[to] as number) - 1;
      }
      draw.counts.fill(0);
      let covering = 0;
      for (let i = 0; i < n + length; i++) {
        covering += steps[i] as number;
        const row = order[i % n] as number;
        draw.counts[row] = (draw.counts[row] as number) + covering;
      }
      return draw;
    },
    variance(drawn, values) {
      for (let i = 0; i < n + length; i++)
        sums[i + 1] = (sums[i] as number) + (values[order[i % n] as number] as number);
      let sum = 0;
      // Before the first draw (every row once) the blocks are those that tile the rows.
      for (let block = 0; block < units; block++) {
        const from = drawn === draw ? (starts[block] as number) : block * length;
        sum += ((sums[from + lengthOf(block)] as number) - (sums[from] as number)) ** 2;
      }
      return sum / (n * n);
    },
    sizes: Float64Array.from({ length: units }, (_none, block) => lengthOf(block)),
    sums: sumsOf,
  };
}

/** Rows in a block of time. Its growth with the cube root of n is the one that makes the variance most precise. */
export function blockLength(n: number): number {
  return Math.min(n, Math.ceil(2 * Math.cbrt(n)));
}
