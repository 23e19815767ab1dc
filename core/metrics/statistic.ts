/** One draw of test rows: how often each row is in it. */
export interface Draw {
  /** Rises with each draw, so that what several metrics share is counted once. */
  id: number;
  /** n counts. */
  readonly counts: Uint16Array;
  /** Their sum. */
  total: number;
}

/**
 * How the interval is made (docs/metrics.md): `score` for values between two bounds, `difference` for the difference of two
 * such, `studentized` for smooth values without bounds, `median` for medians, `none` where any
 * interval would be wrong.
 */
type IntervalKind = "score" | "difference" | "studentized" | "median" | "none";

/** The mean of `above` ÷ the mean of `below`, both n. */
export interface Ratio {
  above: Float64Array;
  below: Float64Array;
}

/** A metric, compiled against its rows: a function of how often each row counts. */
export interface Statistic {
  /** NaN if undefined on the draw. */
  value(draw: Draw): number;
  readonly kind: IntervalKind;
  /** Smallest and largest possible value. */
  readonly range: readonly [number, number];
  /** How many rows the value rests on: the positives for a recall, say. */
  readonly rows: number;
  /**
   * Fills `out` (n) with each row's influence on the value: n times how fast the value moves with the row's weight, so that
   * their mean square ÷ n is the variance of a value from independent rows. Absent only for `none` and `percentile`.
   */
  influence?(draw: Draw, value: number, out: Float64Array): void;
  /** Of a share: 1 where a row is a hit, 0 where it is none, NaN where it does not count, n; of a difference of two: 1, 0 or −1. */
  readonly outcomes?: Float64Array;
  /** A function of how many rows are in each cell of a confusion matrix. */
  readonly counts?: boolean;
  /** The rows of the smallest class, where they decide whether the variance says anything. */
  readonly fewest?: number;
  /** How many rows of the worst kind the sample is taken to lack: share-bounds.ts. */
  readonly unseen?: number;
  /** Of a difference: candidate and baseline. */
  readonly pair?: readonly [Statistic, Statistic];
  /** Of a value without bounds: with fewer units (rows, groups or blocks) than this, most samples lack what decides it. */
  readonly fewestUnits?: number;
  /** Fills `out` (n) with how far rounding alone may move each row's influence on all rows: for `studentized`. */
  rounding?(value: number, out: Float64Array): void;
  /** A mean of squares, whose tails are heavy. */
  readonly squared?: boolean;
  /** Of a value that is the square root of another's: that other. */
  readonly root?: Statistic;
  /** Of a value that is the ratio of two means of n values: those. */
  readonly ratio?: Ratio | undefined;
  /** Of a median: its n values; of a difference of two, those of both. */
  readonly medians?: readonly Float64Array[];
  /** A difference of two on the same rows: rows that differ by nothing are known to. */
  readonly paired?: boolean;
  /** Why the value is undefined, or why there is no interval. */
  readonly reason?: string | undefined;
}

/** Every row once: the plain metric. */
export function everyRow(n: number): Draw {
  return { id: 0, counts: new Uint16Array(n).fill(1), total: n };
}

/** The mean of n values, each as often as it was drawn. */
export function weightedMean(values: Float64Array, { counts, total }: Draw): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i] as number) * (values[i] as number);
  return sum / total;
}

/**
 * The mean of a score per row (n). `rounding`: how far rounding may have moved each score; default: as far as the
 * precision of the scores themselves lets it.
 */
export function rowMean(
  scores: Float64Array,
  about: Omit<Statistic, "value" | "influence" | "rounding" | "rows">,
  rounding: Float64Array = roundingOf(scores),
): Statistic {
  return {
    ...about,
    rows: scores.length,
    ...(scores.every((score) => score === 0 || score === 1) ? { outcomes: scores, counts: true } : {}),
    value: (draw) => weightedMean(scores, draw),
    influence(_draw, value, out) {
      for (let i = 0; i < out.length; i++) out[i] = (scores[i] as number) - value;
    },
    rounding: (_value, out) => out.set(rounding),
  };
}

/** How far arithmetic on each value may be off: some units in its last place, in single precision where all fit that. */
function roundingOf(values: Float64Array): Float64Array {
  const unit = precisionOf(values);
  return values.map((value) => unit * Math.abs(value));
}

/** A few units in the last place of numbers of about 1. Whole numbers fit single precision without having come through it. */
export function precisionOf(values: Float64Array): number {
  const single = values.every((value) => Math.fround(value) === value) && !values.every(Number.isInteger);
  return single ? 2 ** -23 : 4 * Number.EPSILON;
}

/** A mean turned into a sum over the n rows of the test set, as `normalize: false` asks. */
export function summed(mean: Statistic, n: number): Statistic {
  return {
    ...mean,
    range: [mean.range[0] * n, mean.range[1] * n],
    value: (draw) => mean.value(draw) * n,
    influence(draw, value, out) {
      mean.influence?.(draw, value / n, out);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * n;
    },
    rounding(value, out) {
      mean.rounding?.(value / n, out);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * n;
    },
  };
}

/** Candidate − baseline on the same draw of n rows. Where the two say the same on every row, others may tell them apart. */
export function difference(candidate: Statistic, baseline: Statistic, n: number): Statistic {
  const span = Math.max(candidate.range[1], baseline.range[1]) - Math.min(candidate.range[0], baseline.range[0]);
  const plain = everyRow(n);
  const theirs = new Float64Array(n);
  const reason = candidate.reason ?? baseline.reason;
  return {
    kind: candidate.kind === "score" ? "difference" : candidate.kind,
    range: [-span, span],
    rows: Math.min(candidate.rows, baseline.rows),
    value: (draw) => candidate.value(draw) - baseline.value(draw),
    influence(draw, _value, out) {
      const [ours, baselines] = [candidate.value(draw), baseline.value(draw)];
      // √a − √b = (a − b) ÷ (√a + √b): the squares are as even as the two models are alike, each root by itself is not.
      const roots = candidate.root && baseline.root ? ours + baselines : undefined;
      (candidate.root ?? candidate).influence?.(draw, roots ? ours * ours : ours, out);
      (baseline.root ?? baseline).influence?.(draw, roots ? baselines * baselines : baselines, theirs);
      for (let i = 0; i < out.length; i++) out[i] = ((out[i] as number) - (theirs[i] as number)) / (roots ?? 1);
    },
    rounding(_value, out) {
      candidate.rounding?.(candidate.value(plain), out);
      baseline.rounding?.(baseline.value(plain), theirs);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + (theirs[i] as number);
    },
    ...(candidate.medians && baseline.medians ? { medians: [...candidate.medians, ...baseline.medians] } : {}),
    ratio: ratioDifference(candidate.ratio, baseline.ratio),
    ...scoreDifference(candidate, baseline),
    ...(candidate.fewestUnits === undefined ? {} : { fewestUnits: candidate.fewestUnits }),
    paired: true,
    reason,
  };
}

/** What the bounds of a difference of two values between two bounds rest on. */
function scoreDifference(candidate: Statistic, baseline: Statistic): Partial<Statistic> {
  const pair = [candidate, baseline] as const;
  const [ours, theirs] = [candidate.outcomes, baseline.outcomes];
  const sameRows = ours && theirs && ours.every((each, row) => Number.isNaN(each) === Number.isNaN(theirs[row]));
  return {
    pair,
    ...(candidate.counts && baseline.counts ? { counts: true } : {}),
    fewest: Math.min(...pair.map((one) => one.fewest ?? one.rows)),
    ...(sameRows ? { outcomes: ours.map((each, row) => each - (theirs[row] as number)) } : {}),
  };
}

/** Both have the same labels, and so the same denominator. */
function ratioDifference(ours: Ratio | undefined, theirs: Ratio | undefined): Ratio | undefined {
  if (!ours || !theirs) return undefined;
  return { above: ours.above.map((each, row) => each - (theirs.above[row] as number)), below: ours.below };
}
