import { type Frame, type MetricRows, one, type SpecOf } from "./metric-row.ts";
import { badPredictions, unfit } from "./refuse.ts";
import type { Scored, Value } from "./scored.ts";
import { type Draw, everyRow, precisionOf, rowMean, type Statistic, weightedMean } from "./statistic.ts";

type ExplainedMetric = SpecOf<"r2_score" | "explained_variance_score">;

/** True values and errors (prediction − truth), each n. */
interface ErrorRows {
  n: number;
  truth: Float64Array;
  errors: Float64Array;
  /** How far rounding may have moved each error: by the size of the numbers that it is the difference of. */
  rounding: Float64Array;
  /** Rows by absolute error, the smallest first: n. */
  byError(): Uint32Array;
}

const positive = { kind: "studentized", range: [0, Number.POSITIVE_INFINITY] } as const;

const OF_ERRORS = {
  greaterIsBetter: false,
  needs: ["labels", "predictions"],
  tasks: ["regression", "custom"],
  range: positive.range,
} as const;
const EXPLAINED = {
  ...OF_ERRORS,
  greaterIsBetter: true,
  range: [Number.NEGATIVE_INFINITY, 1] as const,
  defaults: { force_finite: true },
  compile: (frame: Frame, spec: ExplainedMetric) => one(explained(frame.share(errorRows), spec)),
};

export const REGRESSION_METRICS = {
  mean_absolute_error: {
    ...OF_ERRORS,
    shortNames: ["mae", "neg_mean_absolute_error"],
    compile: (frame) => one(meanAbsolute(frame.share(errorRows))),
  },
  mean_squared_error: {
    ...OF_ERRORS,
    shortNames: ["mse", "neg_mean_squared_error"],
    compile: (frame) => one(meanSquared(frame.share(errorRows))),
  },
  root_mean_squared_error: {
    ...OF_ERRORS,
    shortNames: ["rmse", "neg_root_mean_squared_error"],
    compile: (frame) => one(rootMeanSquared(frame.share(errorRows))),
  },
  r2_score: { ...EXPLAINED, shortNames: ["r2"] },
  explained_variance_score: { ...EXPLAINED, shortNames: ["explained_variance"] },
  median_absolute_error: {
    ...OF_ERRORS,
    shortNames: ["medae", "neg_median_absolute_error"],
    compile: (frame) => one(medianAbsolute(frame.share(errorRows))),
  },
  max_error: {
    ...OF_ERRORS,
    shortNames: ["neg_max_error"],
    compile: (frame) => one(maxError(frame.share(errorRows))),
  },
  mean_absolute_percentage_error: {
    ...OF_ERRORS,
    shortNames: ["mape", "neg_mean_absolute_percentage_error"],
    compile: (frame) => one(meanAbsolutePercentage(frame.share(errorRows))),
  },
  mean_pinball_loss: {
    ...OF_ERRORS,
    shortNames: ["pinball", "neg_mean_pinball_loss"],
    defaults: { alpha: 0.5 },
    compile: (frame, spec) => one(meanPinball(frame.share(errorRows), spec)),
  },
} satisfies MetricRows;

/** Throws METRIC_UNFIT for labels, PREDICTIONS_INVALID for predictions, that are not finite numbers. */
export function errorRows(scored: Scored): ErrorRows {
  const bad = (values: readonly Value[]) =>
    values.findIndex((value) => typeof value !== "number" || !Number.isFinite(value));
  const label = bad(scored.labels);
  if (label >= 0) {
    throw unfit(
      "A label is not a number.",
      "finite numbers",
      `${JSON.stringify(String(scored.labels[label]))} at id ${scored.ids[label]}`,
      "A metric of errors needs numbers; for classes write `task: classification`.",
    );
  }
  const prediction = bad(scored.predictions);
  if (prediction >= 0) {
    throw badPredictions(
      "A prediction is not a number.",
      "finite numbers",
      `${JSON.stringify(String(scored.predictions[prediction]))} at id ${scored.ids[prediction]}`,
      "Mend predict.",
    );
  }
  const truth = Float64Array.from(scored.labels as number[]);
  const errors = Float64Array.from(scored.predictions as number[], (value, row) => value - (truth[row] as number));
  const predicted = Float64Array.from(scored.predictions as number[]);
  const unit = Math.max(precisionOf(truth), precisionOf(predicted));
  let sorted: Uint32Array | undefined;
  return {
    n: truth.length,
    truth,
    errors,
    rounding: truth.map((value, row) => unit * Math.max(Math.abs(value), Math.abs(predicted[row] as number))),
    byError() {
      sorted ??= Uint32Array.from(errors, (_error, row) => row).sort(
        (a, b) => Math.abs(errors[a] as number) - Math.abs(errors[b] as number) || a - b,
      );
      return sorted;
    },
  };
}

function meanAbsolute({ errors, rounding }: ErrorRows): Statistic {
  return rowMean(errors.map(Math.abs), positive, rounding);
}

function meanSquared(rows: ErrorRows): Statistic {
  const squares = rows.errors.map((error) => error * error);
  return { ...rowMean(squares, positive, squareRounding(rows, 0)), squared: true };
}

/** How far rounding may have moved each squared error around a centre. */
function squareRounding({ errors, rounding }: ErrorRows, centre: number): Float64Array {
  return errors.map((error, row) => {
    const size = rounding[row] as number;
    return size * (2 * Math.abs(error - centre) + size);
  });
}

function rootMeanSquared(rows: ErrorRows): Statistic {
  const mean = meanSquared(rows);
  return {
    ...mean,
    root: mean,
    value: (draw) => Math.sqrt(mean.value(draw)),
    influence(draw, value, out) {
      mean.influence?.(draw, value * value, out);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) / (2 * value);
    },
    rounding(value, out) {
      mean.rounding?.(value * value, out);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) / (2 * value);
    },
  };
}

/** A truth of 0 counts as scikit-learn counts it: as the smallest step above 1, 2.2e-16. */
function meanAbsolutePercentage({ errors, truth, rounding }: ErrorRows): Statistic {
  const share = (error: number, row: number) =>
    Math.abs(error) / Math.max(Math.abs(truth[row] as number), Number.EPSILON);
  return rowMean(errors.map(share), positive, rounding.map(share));
}

function meanPinball({ errors, rounding }: ErrorRows, spec: SpecOf<"mean_pinball_loss">): Statistic {
  const alpha = spec.alpha ?? 0.5;
  const loss = (error: number) => (error <= 0 ? -alpha * error : (1 - alpha) * error);
  return rowMean(errors.map(loss), positive, rounding);
}

function medianAbsolute(rows: ErrorRows): Statistic {
  const order = rows.byError();
  return {
    kind: "median",
    range: [0, Number.POSITIVE_INFINITY],
    rows: rows.n,
    medians: [rows.errors.map(Math.abs)],
    value({ counts, total }) {
      let before = 0;
      let i = -1;
      const error = (at: number) => Math.abs(rows.errors[order[at] as number] as number);
      while (2 * before < total) {
        i += 1;
        before += counts[order[i] as number] as number;
      }
      const lower = error(i);
      if (2 * before > total) return lower;
      do i += 1;
      while (counts[order[i] as number] === 0);
      return (lower + error(i)) / 2;
    },
  };
}

function maxError(rows: ErrorRows): Statistic {
  const order = rows.byError();
  return {
    kind: "none",
    range: [0, Number.POSITIVE_INFINITY],
    rows: rows.n,
    value({ counts }) {
      for (let i = order.length - 1; i >= 0; i--) {
        const row = order[i] as number;
        if ((counts[row] as number) > 0) return Math.abs(rows.errors[row] as number);
      }
      return Number.NaN;
    },
    reason: "the largest error of a sample says nothing about larger ones, so it has no interval",
  };
}

/**
 * r2_score, or explained_variance_score (errors around their own mean). With constant labels the spread is exactly
 * zero here, where scikit-learn may be left with rounding: 1 for no error, otherwise 0; undefined with
 * `force_finite: false`, and below two rows for r2_score.
 */
function explained(rows: ErrorRows, spec: ExplainedMetric): Statistic {
  const { truth, errors, n } = rows;
  const centred = spec.metric === "explained_variance_score";
  const finite = spec.force_finite ?? true;
  const ofErrors = spread(errors);
  const ofTruth = spread(truth);
  const residual = (draw: Draw): number => {
    if (centred) return ofErrors(draw).sum;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (draw.counts[i] as number) * (errors[i] as number) * (errors[i] as number);
    return sum;
  };
  const plain = everyRow(n);
  const squares = (values: Float64Array, centre: number) => values.map((value) => (value - centre) ** 2);
  const explainable = squares(truth, ofTruth(plain).mean);
  const unexplained = squares(errors, centred ? ofErrors(plain).mean : 0);
  return {
    kind: "studentized",
    range: [Number.NEGATIVE_INFINITY, 1],
    rows: n,
    ratio: { above: explainable.map((square, row) => square - (unexplained[row] as number)), below: explainable },
    value(draw) {
      if (draw.total < 2 && !centred) return Number.NaN;
      const rest = residual(draw);
      const { sum } = ofTruth(draw);
      if (sum !== 0) return 1 - rest / sum;
      if (!finite) return Number.NaN;
      return rest === 0 ? 1 : 0;
    },
    influence(draw, value, out) {
      const { mean, sum } = ofTruth(draw);
      const shift = centred ? ofErrors(draw).mean : 0;
      for (let i = 0; i < n; i++) {
        const error = (errors[i] as number) - shift;
        const distance = (truth[i] as number) - mean;
        out[i] = (((1 - value) * distance * distance - error * error) * draw.total) / sum;
      }
    },
    rounding(_value, out) {
      const { mean, sum } = ofTruth(plain);
      const squares = squareRounding(rows, centred ? ofErrors(plain).mean : 0);
      const all = squares.reduce((total, square) => total + square, 0);
      for (let i = 0; i < out.length; i++) {
        const distance = (truth[i] as number) - mean;
        out[i] = (((all / sum) * distance * distance + (squares[i] as number)) * n) / sum;
      }
    },
    reason: n < 2 ? "fewer than two rows" : "all labels are equal, so there is nothing to explain",
  };
}

interface Spread {
  mean: number;
  /** Of squared distances from the mean: exactly zero for equal values, however they round. */
  sum: number;
}

function spread(values: Float64Array): (draw: Draw) => Spread {
  let counted = -1;
  let last: Spread;
  return (draw) => {
    if (draw.id === counted) return last;
    counted = draw.id;
    const { counts } = draw;
    const mean = weightedMean(values, draw);
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const distance = (values[i] as number) - mean;
      sum += (counts[i] as number) * distance * distance;
    }
    const suspicious = sum <= 1e-20 * mean * mean * draw.total;
    last = { mean, sum: suspicious && constant(values, counts) ? 0 : sum };
    return last;
  };
}

function constant(values: Float64Array, counts: Uint16Array): boolean {
  const first = values[counts.findIndex((count) => count > 0)];
  return values.every((value, i) => counts[i] === 0 || value === first);
}
