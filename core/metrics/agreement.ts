import { BY_LABEL, classRows, type LabelRows, labelRows } from "./label-metrics.ts";
import { type MetricRows, one, type SpecOf } from "./metric-row.ts";
import { listClasses, unfit } from "./refuse.ts";
import { everyRow, type Statistic } from "./statistic.ts";

type Weights = "linear" | "quadratic" | undefined;

export const AGREEMENT_METRICS = {
  cohen_kappa_score: {
    ...BY_LABEL,
    range: [-1, 1],
    shortNames: ["kappa", "cohen_kappa"],
    defaults: { replace_undefined_by: "nan" },
    compile: (frame, spec) => one(cohenKappa(frame.share(labelRows), spec)),
  },
  confusion_matrix: {
    ...BY_LABEL,
    shortNames: ["confusion"],
    compile: (frame, spec) => ({ parts: [], matrix: confusionMatrix(frame.share(labelRows), spec) }),
  },
} satisfies MetricRows;

/** Cohen's kappa: 1 − observed ÷ expected disagreement, in one pass over the classes whatever the weights. */
function cohenKappa(rows: LabelRows, spec: SpecOf<"cohen_kappa_score">): Statistic {
  const labels = spec.labels ?? rows.classes.values;
  const rank = new Int32Array(rows.classes.values.length).fill(-1);
  labels.forEach((label, i) => {
    const place = rows.classes.indexOf(label);
    if (place >= 0) rank[place] = i;
  });
  requireTrueLabel(rows, labels);
  const { cellActual, cellPredicted } = rows.tally;
  const actual = new Float64Array(labels.length);
  const predicted = new Float64Array(labels.length);
  const undefinedBy =
    spec.replace_undefined_by === undefined || spec.replace_undefined_by === "nan"
      ? Number.NaN
      : spec.replace_undefined_by;
  /** Fills `actual` and `predicted` with the counts of each class; `expected` is the disagreement by chance. */
  const disagreement = (cells: Float64Array) => {
    actual.fill(0);
    predicted.fill(0);
    let [total, observed] = [0, 0];
    cells.forEach((count, cell) => {
      const i = rank[cellActual[cell] as number] as number;
      const j = rank[cellPredicted[cell] as number] as number;
      if (i < 0 || j < 0) return;
      actual[i] = (actual[i] as number) + count;
      predicted[j] = (predicted[j] as number) + count;
      total += count;
      observed += count * distance(i, j, spec.weights);
    });
    return { total, observed, expected: expectedDistance(actual, predicted, total, spec.weights) / total };
  };
  return {
    kind: "score",
    range: [-1, 1],
    counts: true,
    ...classRows(rows),
    value(draw) {
      const { total, observed, expected } = disagreement(rows.tally.count(draw).cells);
      return total === 0 || expected === 0 ? undefinedBy : 1 - observed / expected;
    },
    influence(draw, _value, out) {
      const { cells, total: n } = rows.tally.count(draw);
      const { total, observed, expected } = disagreement(cells);
      // What one more row of class i costs by chance, and one more prediction of class j.
      const costOf = (place: number, others: Float64Array) =>
        others.reduce((sum, count, other) => sum + count * distance(place, other, spec.weights), 0);
      const actualCost = actual.map((_count, i) => costOf(i, predicted));
      const predictedCost = predicted.map((_count, j) => costOf(j, actual));
      const moves = Float64Array.from(cells, (_count, cell) => {
        const i = rank[cellActual[cell] as number] as number;
        const j = rank[cellPredicted[cell] as number] as number;
        if (i < 0 || j < 0 || expected === 0) return 0;
        const chance = ((actualCost[i] as number) + (predictedCost[j] as number) - expected) / total;
        return (n * ((observed / expected) * chance - distance(i, j, spec.weights))) / expected;
      });
      rows.tally.cellOf.forEach((cell, row) => {
        out[row] = moves[cell] as number;
      });
    },
    reason: "labels and predictions share one class alone, so no agreement beyond chance can be told",
  };
}

/** The matrix as scikit-learn gives it: rows are true classes, columns predicted ones. */
function confusionMatrix(rows: LabelRows, spec: SpecOf<"confusion_matrix">): { labels: string[]; values: number[][] } {
  const labels = spec.labels ?? rows.classes.values;
  if (labels.length > 100) {
    throw unfit(
      "confusion_matrix is for at most 100 classes.",
      "at most 100 classes",
      `${labels.length} classes`,
      "Name the classes to show with `labels`.",
    );
  }
  requireTrueLabel(rows, labels);
  const rank = new Map(labels.map((label, i) => [rows.classes.indexOf(label), i]));
  const values = labels.map(() => labels.map(() => 0));
  rows.tally.count(everyRow(rows.n)).cells.forEach((count, cell) => {
    const i = rank.get(rows.tally.cellActual[cell] as number);
    const j = rank.get(rows.tally.cellPredicted[cell] as number);
    if (i !== undefined && j !== undefined) (values[i] as number[])[j] = count;
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);
  const over = (value: number, by: number) => (by === 0 ? 0 : value / by);
  const columns = labels.map((_label, j) => sum(values.map((row) => row[j] as number)));
  const all = sum(columns);
  const normalized = values.map((row) => {
    const rowTotal = sum(row);
    return row.map((value, j) => {
      if (spec.normalize === "true") return over(value, rowTotal);
      if (spec.normalize === "pred") return over(value, columns[j] as number);
      return spec.normalize === "all" ? over(value, all) : value;
    });
  });
  return { labels: labels.map(String), values: normalized };
}

function requireTrueLabel(rows: LabelRows, labels: readonly (string | number | boolean)[]): void {
  const { actual } = rows.tally.count(everyRow(rows.n));
  if (labels.some((label) => (actual[rows.classes.indexOf(label)] ?? 0) > 0)) return;
  throw unfit(
    "None of the metric's `labels` is a true label of these rows.",
    `some of ${listClasses(rows.classes.values)}`,
    listClasses(labels),
    "Write `labels` exactly as the label column has its classes.",
  );
}

function distance(i: number, j: number, weights: Weights): number {
  if (weights === "linear") return Math.abs(i - j);
  return weights === "quadratic" ? (i - j) ** 2 : Number(i !== j);
}

/** Σ over i, j of actual[i] · predicted[j] · distance(i, j), without the square of the classes. */
function expectedDistance(actual: Float64Array, predicted: Float64Array, total: number, weights: Weights): number {
  let sum = 0;
  if (weights === "linear") {
    let below = 0;
    let predictedBelow = 0;
    for (let i = 0; i < actual.length - 1; i++) {
      below += actual[i] as number;
      predictedBelow += predicted[i] as number;
      sum += below * (total - predictedBelow) + predictedBelow * (total - below);
    }
    return sum;
  }
  if (weights === "quadratic") {
    const moment = (of: Float64Array, power: number) => of.reduce((all, count, i) => all + count * i ** power, 0);
    return total * (moment(actual, 2) + moment(predicted, 2)) - 2 * moment(actual, 1) * moment(predicted, 1);
  }
  for (let i = 0; i < actual.length; i++) sum += (actual[i] as number) * (predicted[i] as number);
  return total * total - sum;
}
