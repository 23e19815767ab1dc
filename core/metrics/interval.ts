import type { Interval } from "../../schemas/evaluation.ts";
import { normalProbability, sampleQuantile, studentQuantile } from "./quantiles.ts";
import type { Resampler } from "./resample.ts";
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

interface Drawn {
  values: Float64Array;
  /** Standard errors, for studentized intervals. */
  errors: Float64Array;
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
  options: { n: number; confidences: readonly number[]; resamples: number; seed: number },
): Estimate[] {
  const { n, confidences, resamples, seed } = options;
  const plain = everyRow(n);
  const values = statistics.map((statistic) => statistic.value(plain));
  const wanted = confidences.length > 0 && resamples > 0 && resampler.units > 1;
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
    if (!Number.isFinite(value) || confidences.length === 0 || resamples === 0) return { value };
    if (statistic.kind === "none") return { value, reason: statistic.reason ?? "no interval is made for this metric" };
    if (resampler.units < 2) return { value, reason: `no interval: there is one ${resampler.unit} alone` };
    return withIntervals(statistic, value, own[i] as Own, drawn[i] as Drawn, {
      n,
      units: resampler.units,
      confidences,
    });
  });
}

interface Around {
  n: number;
  units: number;
  confidences: readonly number[];
}

function withIntervals(statistic: Statistic, value: number, own: Own, drawn: Drawn, around: Around): Estimate {
  const bounds = boundsOf(statistic, value, own, drawn, around);
  if (typeof bounds === "string") return { value, reason: bounds };
  const [smallest, largest] = statistic.range;
  const intervals = around.confidences.map((confidence) => {
    const [low, high] = bounds(confidence);
    return {
      low: Math.min(value, Math.max(low, smallest)),
      high: Math.max(value, Math.min(high, largest)),
      confidence,
    };
  });
  return { value, intervals };
}

type Bounds = (confidence: number) => readonly [number, number];

function boundsOf(statistic: Statistic, value: number, own: Own, drawn: Drawn, around: Around): Bounds | string {
  if (statistic.kind === "exact") return () => [value, value];
  const defined = drawn.values.filter(Number.isFinite).length;
  if (defined < drawn.values.length / 2) return "no interval: the metric is undefined on most resamples";
  if (statistic.kind === "score") return scoreBounds(statistic, value, drawn.values.filter(Number.isFinite), around);
  if (statistic.kind === "difference")
    return differenceBounds(statistic, value, drawn.values.filter(Number.isFinite), around);
  if (statistic.kind === "percentile") return percentileBounds(drawn.values.filter(Number.isFinite), around.units);
  return own.silent ?? studentizedBounds(value, own.error, drawn, around.units);
}

/**
 * Wilson's score interval with an effective number of rows (Korn and Graubard, 1998, from the bootstrap's variance):
 * p(1 − p) ÷ variance, where one more row than was seen is added to both, so that a value at its bound (all right, AUC 1)
 * keeps the width that its number of rows deserves. Student's t with units − 1 degrees stands for the normal.
 */
function scoreBounds(statistic: Statistic, value: number, values: Float64Array, { n, units }: Around): Bounds {
  const [smallest, largest] = statistic.range;
  const width = largest - smallest;
  const p = (value - smallest) / width;
  const rows = Math.max(1, (statistic.rows * units) / n);
  const variance = (varianceOf(values) * units) / (units - 1) / (width * width);
  const effective = (p * (1 - p) + 1 / rows) / (variance + 1 / (rows * rows));
  return (confidence) => {
    const t = studentQuantile((1 + confidence) / 2, units - 1);
    const share = (t * t) / effective;
    const centre = (p + share / 2) / (1 + share);
    const half = (t * Math.sqrt((p * (1 - p)) / effective + share / (4 * effective))) / (1 + share);
    return [smallest + width * (centre - half), smallest + width * (centre + half)];
  };
}

/** Student's t around the difference, its variance as if the two disagreed on one more row than was seen. */
function differenceBounds(statistic: Statistic, value: number, values: Float64Array, { n, units }: Around): Bounds {
  const rows = Math.max(1, (statistic.rows * units) / n);
  const step = statistic.range[1] / rows;
  const error = Math.sqrt((varianceOf(values) * units) / (units - 1) + step * step);
  return (confidence) => {
    const half = studentQuantile((1 + confidence) / 2, units - 1) * error;
    return [value - half, value + half];
  };
}

/**
 * The bootstrap-t (Efron and Tibshirani, 1993, chapter 12), each draw's variance steadied by one unit of the sample's own;
 * never narrower than Student's t, which holds better where a few rows carry most of the error.
 */
function studentizedBounds(value: number, error: number, drawn: Drawn, units: number): Bounds {
  const ts = drawn.values.map((drawnValue, b) => {
    const own = drawn.errors[b] as number;
    return (drawnValue - value) / Math.sqrt((units * own * own + error * error) / (units + 1));
  });
  const sorted = ts.filter(Number.isFinite).sort();
  return (confidence) => {
    const t = studentQuantile((1 + confidence) / 2, units - 1) * Math.sqrt(units / (units - 1));
    const above = Math.max(t, sampleQuantile(sorted, (1 + confidence) / 2));
    const below = Math.min(-t, sampleQuantile(sorted, (1 - confidence) / 2));
    return [value - above * error, value - below * error];
  };
}

/** Percentiles, moved outwards as far as few units need it (Hesterberg, 2015: the expanded percentile interval). */
function percentileBounds(values: Float64Array, units: number): Bounds {
  const sorted = values.sort();
  return (confidence) => {
    const t = studentQuantile((1 + confidence) / 2, units - 1);
    const tail = normalProbability(-t * Math.sqrt(units / (units - 1)));
    return [sampleQuantile(sorted, tail), sampleQuantile(sorted, 1 - tail)];
  };
}

function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
