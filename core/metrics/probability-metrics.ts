import { type MetricRows, one, type SpecOf } from "./metric-row.ts";
import { badPredictions, listClasses, unfit } from "./refuse.ts";
import { checkLabels, columnOf, positivePlace, probabilityColumns, type ScoreColumns } from "./score-columns.ts";
import { precisionOf, rowMean, type Statistic, summed } from "./statistic.ts";

const BY_PROBABILITY = {
  greaterIsBetter: false,
  needs: ["labels", "probabilities"],
  tasks: ["classification", "custom"],
} as const;

export const PROBABILITY_METRICS = {
  log_loss: {
    ...BY_PROBABILITY,
    range: [0, Number.POSITIVE_INFINITY],
    shortNames: ["logloss", "neg_log_loss", "cross_entropy"],
    defaults: { normalize: true },
    compile: (frame, spec) => one(logLoss(frame.share(probabilityColumns), spec)),
  },
  brier_score_loss: {
    ...BY_PROBABILITY,
    range: [0, 1],
    shortNames: ["brier", "brier_score", "neg_brier_score"],
    defaults: { scale_by_half: "auto" },
    compile: (frame, spec) => one(brierScore(frame.share(probabilityColumns), spec)),
  },
} satisfies MetricRows;

function logLoss(columns: ScoreColumns, spec: SpecOf<"log_loss">): Statistic {
  checkProbabilities(columns, spec.labels);
  const losses = new Float64Array(columns.n);
  const epsilon = Number.EPSILON;
  for (let row = 0; row < columns.n; row++) {
    const probability = columns.values[row * columns.width + (columns.places[row] as number)] as number;
    losses[row] = -Math.log(Math.min(Math.max(probability, epsilon), 1 - epsilon));
  }
  // The logarithm moves by as much as its argument does relative to its size.
  const rounding = new Float64Array(columns.n).fill(precisionOf(columns.values));
  // A model that is sure loses most on few rows.
  const about = { kind: "studentized", range: [0, Number.POSITIVE_INFINITY], fewestUnits: 20 } as const;
  const mean = rowMean(losses, about, rounding);
  return spec.normalize === false ? summed(mean, columns.n) : mean;
}

/** The Brier score over all columns; with `pos_label`, over that class's probability and its complement. */
function brierScore(columns: ScoreColumns, spec: SpecOf<"brier_score_loss">): Statistic {
  checkProbabilities(columns, spec.labels);
  const size = columns.classes.values.length;
  if (spec.pos_label !== undefined && size > 2) {
    throw unfit(
      "pos_label is for two classes.",
      "no pos_label",
      `${size} classes: ${listClasses(columns.classes.values)}`,
      "Leave `pos_label` out.",
    );
  }
  const place = spec.pos_label === undefined ? undefined : positivePlace(columns, spec.pos_label);
  const halve = spec.scale_by_half === undefined || spec.scale_by_half === "auto" ? size < 3 : spec.scale_by_half;
  const squares = new Float64Array(columns.n);
  for (let row = 0; row < columns.n; row++) {
    const at = row * columns.width;
    const truth = columns.places[row] as number;
    let sum = 0;
    if (place === undefined) {
      for (let column = 0; column < columns.width; column++) {
        sum += (Number(column === truth) - (columns.values[at + column] as number)) ** 2;
      }
    } else {
      sum = 2 * (Number(truth === place) - (columns.values[at + columnOf(columns, place)] as number)) ** 2;
    }
    squares[row] = halve ? sum / 2 : sum;
  }
  return rowMean(squares, { kind: "score", range: [0, halve ? 1 : 2], unseen: 2 });
}

function checkProbabilities(columns: ScoreColumns, labels: SpecOf<"log_loss">["labels"]): void {
  checkLabels(columns, labels);
  if (columns.classes.values.length < 2) {
    throw badPredictions(
      "One probability column is not enough.",
      "a column proba_<class> for each of two or more classes",
      `proba_${String(columns.classes.values[0])} alone`,
      "Let predict write every class's probability.",
    );
  }
  const bad = columns.values.find((value) => value < 0 || value > 1);
  if (bad !== undefined) {
    throw badPredictions("A probability is out of range.", "numbers from 0 to 1", String(bad), "Mend predict.");
  }
}
