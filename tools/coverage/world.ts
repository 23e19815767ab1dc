import type { Scored } from "../../core/metrics/scored.ts";
import type { IntervalMethod } from "../../schemas/evaluation.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import type { RandomNumbers } from "./random-numbers.ts";

/** What the truth is of a metric in a world, and what the best interval known makes of a sample. */
export interface Asked {
  spec: MetricSpec;
  /** The metric of the population; of a pair, candidate − baseline. */
  truth: number;
  /** The best two-sided 95 % interval known for it, on these rows; undefined where that has none. */
  best?(rows: Scored, baseline: Scored | undefined): Reach | undefined;
}

/** How far an interval's bounds lie below and above the value. */
export interface Reach {
  below: number;
  above: number;
}

/** The same on both sides. */
export function evenly(half: number): Reach {
  return { below: half, above: half };
}

/** A population that test rows come from. */
export interface World {
  /** Unique; as the table says it. */
  name: string;
  unit: IntervalMethod["unit"];
  /** How many units a sample has: rows or groups; for blocks of time, rows. */
  sizes: readonly number[];
  /** The sizes that `--quick` tries. */
  quick: readonly number[];
  /** By the names that the table shows; an own metric's name is its key in `Scored.own`. */
  metrics: Readonly<Record<string, Asked>>;
  /** A sample; of a comparison, candidate and baseline. */
  make(random: RandomNumbers, size: number): Scored | readonly [Scored, Scored];
}

/** `n` rows of a task, with nothing but ids. */
export function nothing(n: number, task: Scored["task"]): Pick<Scored, "ids" | "task" | "slices" | "own"> {
  return { ids: idsOf(n), task, slices: {}, own: {} };
}

const ids: string[] = [];
function idsOf(n: number): string[] {
  while (ids.length < n) ids.push(String(ids.length));
  return ids.slice(0, n);
}
