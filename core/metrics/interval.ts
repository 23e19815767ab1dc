import type { Interval } from "../../schemas/evaluation.ts";
import type { Around, Bounds, Drawn } from "./bounds.ts";
import { percentileBounds, studentizedBounds } from "./mean-bounds.ts";
import type { Resampler } from "./resample.ts";
import { differenceBounds, scoreBounds } from "./share-bounds.ts";
import { whyNothingVaries } from "./silent-rows.ts";
import { type Draw, everyRow, type Statistic } from "./statistic.ts";

/** The name of what this file does, recorded with every evaluation; docs/metrics.md describes it under this name. */
export const INTERVAL_METHOD = "bootstrap: score and studentized, version 1";

export interface Estimate {
  value: number;
  intervals?: Interval[];
  /** Why there is no interval. */
  reason?: string;
}

/** What the rows themselves say of a studentized value: its standard error, or why they cannot say how far it varies. */
interface Own {
  error: number;
  silent?: string;
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
    ({ kind }, i) => wanted && kind !== "none" && kind !== "exact" && Number.isFinite(values[i]),
  );
  const work = new Float64Array(n);
  const errorOf = (statistic: Statistic, draw: Draw, value: number): number => {
    statistic.influence?.(draw, value, work);
    return Math.sqrt(resampler.variance(draw, work));
  };
  const own = statistics.map((statistic, i): Own => {
    if (!due[i] || statistic.kind !== "studentized") return { error: 0 };
    const value = values[i] as number;
    const error = errorOf(statistic, plain, value);
    const rounding = new Float64Array(n);
    statistic.rounding?.(value, rounding);
    const silent = whyNothingVaries(statistic, value, { error, influence: work, rounding, plain, resampler });
    return silent === undefined ? { error } : { error, silent };
  });
  const drawn: Drawn[] = statistics.map((statistic, i) => ({
    values: new Float64Array(due[i] ? resamples : 0),
    errors: new Float64Array(due[i] && statistic.kind === "studentized" ? resamples : 0),
  }));
  resampler.start(seed);
  for (let b = 0; b < resamples && due.includes(true); b++) {
    const draw = resampler.next();
    statistics.forEach((statistic, i) => {
      if (!due[i]) return;
      const { values, errors } = drawn[i] as Drawn;
      const value = statistic.value(draw);
      values[b] = value;
      if (errors.length > 0) errors[b] = errorOf(statistic, draw, value);
    });
  }
  return statistics.map((statistic, i) => {
    const value = values[i] as number;
    if (!Number.isFinite(value) || levels.length === 0 || resamples === 0) return { value };
    if (statistic.kind === "none") return { value, reason: statistic.reason ?? "no interval is made for this metric" };
    if (resampler.units < 2) return { value, reason: `no interval: there is one ${resampler.unit} alone` };
    return withIntervals(statistic, value, own[i] as Own, drawn[i] as Drawn, {
      n,
      units: resampler.units,
      levels,
    });
  });
}

function withIntervals(
  statistic: Statistic,
  value: number,
  own: Own,
  drawn: Drawn,
  around: Around & { levels: readonly number[] },
): Estimate {
  const bounds = boundsOf(statistic, value, own, drawn, around);
  if (typeof bounds === "string") return { value, reason: bounds };
  const [smallest, largest] = statistic.range;
  const intervals = around.levels.map((level) => {
    const { low = smallest, high = largest } = bounds(level);
    return {
      level,
      low: Math.min(value, Math.max(low, smallest)),
      high: Math.max(value, Math.min(high, largest)),
    };
  });
  return { value, intervals };
}

function boundsOf(statistic: Statistic, value: number, own: Own, drawn: Drawn, around: Around): Bounds | string {
  if (statistic.kind === "exact") return () => ({ low: value, high: value });
  const defined = drawn.values.filter(Number.isFinite).length;
  if (defined < drawn.values.length / 2) return "no interval: the metric is undefined on most resamples";
  if (statistic.kind === "score") return scoreBounds(statistic, value, drawn.values.filter(Number.isFinite), around);
  if (statistic.kind === "difference")
    return differenceBounds(statistic, value, drawn.values.filter(Number.isFinite), around);
  if (statistic.kind === "percentile") return percentileBounds(drawn.values.filter(Number.isFinite), around.units);
  return own.silent ?? studentizedBounds(value, own.error, drawn, around.units);
}
