import type { Interval } from "../../schemas/evaluation.ts";
import type { Bounds } from "./bounds.ts";
import { openEndedBounds } from "./open-ended-bounds.ts";
import type { Resampler } from "./resample.ts";
import { differenceBounds, scoreBounds } from "./share-bounds.ts";
import { everyRow, type Statistic } from "./statistic.ts";

/** The name of what this file does, recorded with every evaluation; docs/metrics.md describes it under this name. */
export const INTERVAL_METHOD = "bootstrap: score and studentized, version 1";

export interface Estimate {
  value: number;
  /** Value and bounds are in steps of this; absent: exact. */
  step?: number;
  intervals?: Interval[];
  /** Why there is no interval. */
  reason?: string;
}

/** Every statistic's value, and its intervals from the same draws. NaN and infinite values have none. */
export function estimate(
  statistics: readonly Statistic[],
  resampler: Resampler,
  options: { n: number; levels: readonly number[]; resamples: number; seed: number },
): Estimate[] {
  const { n, levels, resamples, seed } = options;
  const plain = everyRow(n);
  const values = statistics.map((statistic) => statistic.value(plain));
  const wanted = levels.length > 0 && resamples > 0 && resampler.units > 1;
  const due = statistics.map(
    ({ kind }, i) => wanted && (kind === "score" || kind === "difference") && Number.isFinite(values[i]),
  );
  const drawn = statistics.map((_statistic, i) => new Float64Array(due[i] ? resamples : 0));
  resampler.start(seed);
  for (let b = 0; b < resamples && due.includes(true); b++) {
    const draw = resampler.next();
    statistics.forEach((statistic, i) => {
      if (due[i]) (drawn[i] as Float64Array)[b] = statistic.value(draw);
    });
  }
  return statistics.map((statistic, i) => {
    const value = values[i] as number;
    if (!Number.isFinite(value) || levels.length === 0 || resamples === 0) return { value };
    if (statistic.kind === "none") return { value, reason: statistic.reason ?? "no interval is made for this metric" };
    if (resampler.units < 2) return { value, reason: `no interval: there is one ${resampler.unit} alone` };
    const bounds = boundsOf(statistic, value, drawn[i] as Float64Array, { n, resampler });
    return typeof bounds === "string" ? { value, reason: bounds } : withIntervals(statistic, value, bounds, levels);
  });
}

function withIntervals(statistic: Statistic, value: number, bounds: Bounds, levels: readonly number[]): Estimate {
  const [smallest, largest] = statistic.range;
  const intervals: Interval[] = [];
  for (const level of [...levels].sort((a, b) => b - a)) {
    const { low = smallest, high = largest, reason } = bounds(level);
    const [least, most] = [Math.max(low, smallest), Math.min(high, largest)];
    if (reason !== undefined) {
      const missing = `no interval at a one-sided level of ${level} and below: ${reason}`;
      return { value, ...(intervals.length > 0 ? { intervals } : {}), reason: missing };
    }
    // Two ways of making bounds may cross between two levels: what a looser one leaves open a stricter one does too.
    const looser = intervals.at(-1) ?? { low: value, high: value };
    intervals.push({ level, low: Math.min(looser.low, least), high: Math.max(looser.high, most) });
  }
  return { value, intervals };
}

function boundsOf(
  statistic: Statistic,
  value: number,
  drawn: Float64Array,
  { n, resampler }: { n: number; resampler: Resampler },
): Bounds | string {
  if (statistic.kind === "exact") return () => ({ low: value, high: value });
  if (statistic.kind === "studentized" || statistic.kind === "median")
    return openEndedBounds(statistic, value, n, resampler);
  const defined = drawn.filter(Number.isFinite);
  if (defined.length < drawn.length / 2) return "no interval: the metric is undefined on most resamples";
  const bounds = statistic.kind === "score" ? scoreBounds : differenceBounds;
  return bounds(statistic, value, defined, { n, units: resampler.units });
}
