import type { Interval } from "../../schemas/evaluation.ts";
import type { Bounds } from "./bounds.ts";
import { openEndedBounds } from "./open-ended-bounds.ts";
import type { Sampling } from "./sampling.ts";
import { differenceBounds, scoreBounds } from "./share-bounds.ts";
import { everyRow, type Statistic } from "./statistic.ts";

/** The name of what this file does, recorded with every evaluation; docs/metrics.md describes it under this name. */
export const INTERVAL_METHOD = "linearized: exact shares and guarded t, version 2";

export interface Estimate {
  value: number;
  /** Value and bounds are in steps of this; absent: exact. */
  step?: number;
  intervals?: Interval[];
  /** Why there is no interval. */
  reason?: string;
}

/** Every statistic's value, and its intervals from the rows themselves. NaN and infinite values have none. */
export function estimate(
  statistics: readonly Statistic[],
  sampling: Sampling,
  options: { n: number; levels: readonly number[] },
): Estimate[] {
  const { n, levels } = options;
  const plain = everyRow(n);
  return statistics.map((statistic) => {
    const value = statistic.value(plain);
    if (!Number.isFinite(value) || levels.length === 0) return { value };
    if (statistic.kind === "none") return { value, reason: statistic.reason ?? "no interval is made for this metric" };
    if (sampling.units < 2) return { value, reason: `no interval: there is one ${sampling.unit} alone` };
    const bounds = boundsOf(statistic, value, n, sampling);
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

function boundsOf(statistic: Statistic, value: number, n: number, sampling: Sampling): Bounds | string {
  if (statistic.kind === "score") return scoreBounds(statistic, value, n, sampling);
  if (statistic.kind === "difference") return differenceBounds(statistic, value, n, sampling);
  return openEndedBounds(statistic, value, n, sampling);
}
