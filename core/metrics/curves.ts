import { badPredictions } from "./refuse.ts";
import { errorRows } from "./regression-metrics.ts";
import { columnOf, positivePlace, type ScoreColumns, scoreColumns } from "./score-columns.ts";
import type { Scored } from "./scored.ts";

/** A line in the unit square for one class against the rest. */
export interface ClassCurve {
  class: string;
  x: number[];
  y: number[];
}

/** Points of true value and prediction, by rows. */
interface Residuals {
  truth: number[];
  predicted: number[];
  residual: number[];
}

/**
 * roc_curve for the positive class, or for each of three and more: x is the false positive rate, y the true positive
 * rate, from (0, 0) to (1, 1), at most `points` of them. Classes without rows, or with all, have no curve.
 */
export function rocCurves(scored: Scored, points: number): ClassCurve[] {
  return curvesOf(
    scored,
    "scores",
    (columns, place) => {
      const { hits, misses } = cumulated(columns, place);
      const [positives, negatives] = [hits.at(-1) as number, misses.at(-1) as number];
      if (positives === 0 || negatives === 0) return undefined;
      return { x: [0, ...misses.map((count) => count / negatives)], y: [0, ...hits.map((count) => count / positives)] };
    },
    points,
  );
}

/** precision_recall_curve in the same way: x is recall, y precision, from recall 0 (precision 1) upwards. */
export function precisionRecallCurves(scored: Scored, points: number): ClassCurve[] {
  return curvesOf(
    scored,
    "scores",
    (columns, place) => {
      const { hits, misses } = cumulated(columns, place);
      const positives = hits.at(-1) as number;
      if (positives === 0) return undefined;
      const precision = hits.map((count, i) => count / (count + (misses[i] as number)));
      return { x: [0, ...hits.map((count) => count / positives)], y: [1, ...precision] };
    },
    points,
  );
}

/**
 * calibration_curve (sklearn.calibration): x is the mean predicted probability of a bin, y the share of positives in it;
 * empty bins are left out. `bins` are equally wide (`uniform`) or equally full (`quantile`).
 */
export function calibrationCurves(
  scored: Scored,
  bins: number,
  strategy: "uniform" | "quantile" = "uniform",
): ClassCurve[] {
  return curvesOf(
    scored,
    "probabilities",
    (columns, place) => {
      const column = columnOf(columns, place);
      const probabilities = Float64Array.from(
        columns.places,
        (_at, row) => columns.values[row * columns.width + column] as number,
      );
      const strange = probabilities.find((value) => value < 0 || value > 1);
      if (strange !== undefined) {
        throw badPredictions("A probability is out of range.", "numbers from 0 to 1", String(strange), "Mend predict.");
      }
      const edges = strategy === "uniform" ? uniformEdges(bins) : quantileEdges(probabilities, bins);
      const sums = Array.from({ length: bins }, () => ({ rows: 0, predicted: 0, positive: 0 }));
      probabilities.forEach((probability, row) => {
        const bin = sums[edges.filter((edge) => edge < probability).length] as (typeof sums)[number];
        bin.rows += 1;
        bin.predicted += probability;
        bin.positive += Number(columns.places[row] === place);
      });
      const full = sums.filter(({ rows }) => rows > 0);
      return { x: full.map((bin) => bin.predicted / bin.rows), y: full.map((bin) => bin.positive / bin.rows) };
    },
    Number.POSITIVE_INFINITY,
  );
}

/** Residuals (truth − prediction) of at most `points` rows, evenly picked in order of the prediction. */
export function residuals(scored: Scored, points: number): Residuals {
  const { truth, errors } = errorRows(scored);
  const predicted = errors.map((error, row) => error + (truth[row] as number));
  const order = Array.from(predicted, (_value, row) => row).sort(
    (a, b) => (predicted[a] as number) - (predicted[b] as number) || a - b,
  );
  const picked = thinned(order.length, points).map((at) => order[at] as number);
  return {
    truth: picked.map((row) => truth[row] as number),
    predicted: picked.map((row) => scored.predictions[row] as number),
    residual: picked.map((row) => -(errors[row] as number)),
  };
}

function curvesOf(
  scored: Scored,
  want: "scores" | "probabilities",
  curve: (columns: ScoreColumns, place: number) => Omit<ClassCurve, "class"> | undefined,
  points: number,
): ClassCurve[] {
  const columns = scoreColumns(scored, want);
  const { values } = columns.classes;
  const places = values.length > 2 ? values.map((_value, place) => place) : [positivePlace(columns)];
  return places.flatMap((place) => {
    const line = place < 0 ? undefined : curve(columns, place);
    if (!line) return [];
    const kept = thinned(line.x.length, points);
    const pick = (numbers: readonly number[]) => kept.map((at) => numbers[at] as number);
    return [{ class: String(values[place]), x: pick(line.x), y: pick(line.y) }];
  });
}

/** Positives and negatives at or above each distinct score, the largest first. */
function cumulated(columns: ScoreColumns, place: number): { hits: number[]; misses: number[] } {
  const { ends } = columns.ranking(columnOf(columns, place));
  const sides = columns.sides(place);
  const [hits, misses]: [number[], number[]] = [[], []];
  let positives = 0;
  ends.forEach((end, i) => {
    positives += sides[i] as number;
    if (end === 0) return;
    hits.push(positives);
    misses.push(i + 1 - positives);
  });
  return { hits, misses };
}

/** Places of at most `points` of `length` items, evenly spread, the first and the last among them. */
function thinned(length: number, points: number): number[] {
  const count = Math.min(length, Math.max(2, points));
  return Array.from({ length: count }, (_none, i) => (count === 1 ? 0 : Math.round((i * (length - 1)) / (count - 1))));
}

function uniformEdges(bins: number): number[] {
  return Array.from({ length: bins - 1 }, (_none, i) => (i + 1) / bins);
}

/** Inner edges at numpy.percentile's default, the linear one. */
function quantileEdges(values: Float64Array, bins: number): number[] {
  const sorted = values.slice().sort();
  return uniformEdges(bins).map((share) => {
    const at = share * (sorted.length - 1);
    const below = sorted[Math.floor(at)] as number;
    return below + ((sorted[Math.ceil(at)] as number) - below) * (at - Math.floor(at));
  });
}
