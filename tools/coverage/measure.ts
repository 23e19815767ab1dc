import { createHash } from "node:crypto";
import { compareMetrics } from "../../core/metrics/compare.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { betaQuantile } from "../../core/metrics/quantiles.ts";
import type { MetricValue } from "../../schemas/evaluation.ts";
import { randomNumbers } from "./random-numbers.ts";
import type { World } from "./world.ts";

/** One-sided, with the share of misses on one side that is still right. */
export const PROMISES = [
  { level: 0.025, limit: 0.035 },
  { level: 0.0025, limit: 0.005 },
] as const;

/** One metric in one world at one size. */
export interface Cell {
  world: string;
  unit: World["unit"];
  size: number;
  /** Of two models on the same rows. */
  paired: boolean;
  metric: string;
  tries: number;
  levels: Level[];
  /** The best two-sided 95 % interval known, on the samples where both have one. */
  beside?: Beside;
}

/** The best interval known: its mean width and that of ours; on how many samples, and how often it misses on its worse side. */
interface Beside {
  best: number;
  ours: number;
  samples: number;
  misses: number;
}

export interface Level {
  level: number;
  limit: number;
  /** How many tries had an interval. */
  given: number;
  /** How often the true value was below the lower bound, and above the upper one. */
  below: number;
  above: number;
  /** The mean width of the intervals given. */
  width: number;
}

export interface Effort {
  /** Samples of each world at each size. */
  tries: number;
  seed: number;
}

/** Whether chance alone hardly explains that a side misses as often as it does: the 99 % lower bound of its misses exceeds the limit. */
export function isBroken({ limit, below, above }: Level, tries: number): boolean {
  return [below, above].some((misses) => misses > 0 && betaQuantile(0.01, misses, tries - misses + 1) > limit);
}

/** How wide a cell's intervals are beside the best known one; undefined where there is none that holds what ours promise. */
export function widthRatio({ levels: [first], beside }: Cell): number | undefined {
  if (first === undefined || beside === undefined) return undefined;
  const { best, ours, samples, misses } = beside;
  return isBroken({ ...first, below: misses, above: 0 }, samples) ? undefined : ours / best;
}

/** Every metric of the world on `tries` samples of `size` units. The same seed gives the same samples, whatever ran before. */
export function measure(world: World, size: number, options: Effort): Cell[] {
  const { tries, seed } = options;
  const names = Object.keys(world.metrics);
  const metrics = Object.fromEntries(names.map((name) => [name, world.metrics[name]?.spec as never]));
  const cells: Cell[] = names.map((metric) => ({
    world: world.name,
    unit: world.unit,
    size,
    metric,
    paired: false,
    tries,
    levels: PROMISES.map((promise) => ({ ...promise, given: 0, below: 0, above: 0, width: 0 })),
  }));
  const known = names.map(() => ({ samples: 0, best: 0, ours: 0, below: 0, above: 0 }));
  const random = randomNumbers(seedOf(world.name, size, seed));
  for (let trial = 0; trial < tries; trial++) {
    const made = world.make(random, size);
    const [rows, baseline] = "ids" in made ? [made, undefined] : made;
    const asked = { metrics, slices: [], levels: PROMISES.map(({ level }) => level) };
    const values: Record<string, MetricValue | undefined> = {};
    if (baseline) {
      for (const cell of cells) cell.paired = true;
      const compared = compareMetrics(rows, baseline, asked).metrics;
      for (const name of names) values[name] = compared[name]?.difference;
    } else Object.assign(values, evaluateMetrics(rows, asked).metrics);
    names.forEach((name, i) => {
      const { truth, best } = world.metrics[name] as World["metrics"][string];
      const cell = cells[i] as Cell;
      for (const level of cell.levels) {
        const interval = values[name]?.intervals?.find((each) => each.level === level.level);
        if (interval === undefined) continue;
        level.given += 1;
        level.below += Number(truth < interval.low - 1e-12);
        level.above += Number(truth > interval.high + 1e-12);
        level.width += interval.high - interval.low;
        if (level.level !== 0.025) continue;
        const reach = best?.(rows, baseline);
        const value = values[name]?.value;
        if (reach === undefined || !Number.isFinite(reach.below) || typeof value !== "number") continue;
        const sums = known[i] as (typeof known)[number];
        sums.samples += 1;
        sums.best += reach.below + reach.above;
        sums.ours += interval.high - interval.low;
        sums.below += Number(truth < value - reach.below - 1e-12);
        sums.above += Number(truth > value + reach.above + 1e-12);
      }
    });
  }
  cells.forEach((cell, i) => {
    for (const level of cell.levels) level.width /= level.given;
    const { samples, best, ours, below, above } = known[i] as (typeof known)[number];
    if (samples === 0) return;
    cell.beside = { best: best / samples, ours: ours / samples, samples, misses: Math.max(below, above) };
  });
  return cells;
}

function seedOf(...words: readonly (string | number)[]): number {
  return createHash("sha256").update(words.join("\0")).digest().readInt32LE();
}
