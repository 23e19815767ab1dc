import type { IntervalMethod } from "../../schemas/evaluation.ts";
import type { Scored } from "./scored.ts";

/** What the test rows were sampled by, as the units that are independent of each other: single rows, groups, or blocks of time. */
export interface Sampling {
  unit: IntervalMethod["unit"];
  /** How many rows, groups or blocks there are. */
  units: number;
  /** How many rows each unit has: `units`. */
  sizes: Float64Array;
  /** The sum of `values` (n) over each unit: `units`. */
  sums(values: Float64Array): Float64Array;
}

/** Groups where there are groups, else blocks where there are times, else rows. */
export function samplingOf(scored: Pick<Scored, "ids" | "groups" | "times">): Sampling {
  if (scored.groups) return byGroup(scored.groups);
  return scored.times ? byTime(scored.times) : byRow(scored.ids.length);
}

function byRow(n: number): Sampling {
  return { unit: "row", units: n, sizes: new Float64Array(n).fill(1), sums: (values) => values.slice() };
}

function byGroup(ids: readonly string[]): Sampling {
  const places = new Map<string, number>();
  const groupOf = Uint32Array.from(ids, (id) => {
    const known = places.get(id) ?? places.size;
    places.set(id, known);
    return known;
  });
  const units = places.size;
  const sums = (values: Float64Array): Float64Array => {
    const found = new Float64Array(units);
    for (let row = 0; row < ids.length; row++) {
      const group = groupOf[row] as number;
      found[group] = (found[group] as number) + (values[row] as number);
    }
    return found;
  };
  return { unit: "group", units, sizes: sums(new Float64Array(ids.length).fill(1)), sums };
}

/** Rows in order of time (equal times in order of rows), in blocks of ceil(2 · n^(1/3)) rows; the last one has what is left. */
function byTime(times: Float64Array): Sampling {
  const n = times.length;
  const length = blockLength(n);
  const units = Math.ceil(n / length);
  const order = Uint32Array.from(times, (_time, row) => row).sort(
    (a, b) => (times[a] as number) - (times[b] as number) || a - b,
  );
  const sums = (values: Float64Array): Float64Array => {
    const found = new Float64Array(units);
    order.forEach((row, at) => {
      const block = Math.floor(at / length);
      found[block] = (found[block] as number) + (values[row] as number);
    });
    return found;
  };
  const sizes = Float64Array.from({ length: units }, (_none, block) => Math.min(length, n - block * length));
  return { unit: "time-block", units, sizes, sums };
}

/** Rows in a block of time. Its growth with the cube root of n is the one that makes the variance most precise. */
export function blockLength(n: number): number {
  return Math.min(n, Math.ceil(2 * Math.cbrt(n)));
}
