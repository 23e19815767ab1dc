import { normalProbability } from "../../core/metrics/quantiles.ts";

/**
 * Two classes whose scores are normal: `apart` + noise for the positive ones (a share of `positive`), noise for the others;
 * the noise has the standard deviation 1. Predicted positive is what scores above `threshold`; the probability is the true one,
 * its logit times `sharpness`.
 */
export interface ScoreModel {
  positive: number;
  apart: number;
  threshold: number;
  sharpness?: number;
}

const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

export function probabilityOf(model: ScoreModel, score: number): number {
  const { positive, apart, sharpness = 1 } = model;
  const logit = Math.log(positive / (1 - positive)) + apart * score - (apart * apart) / 2;
  return 1 / (1 + Math.exp(-sharpness * logit));
}

/** What the metrics of the population are. */
export function truthOf(model: ScoreModel) {
  const { positive, apart, threshold } = model;
  const recall = normalProbability(apart - threshold);
  const specificity = normalProbability(threshold);
  const [tp, fn] = [positive * recall, positive * (1 - recall)];
  const [tn, fp] = [(1 - positive) * specificity, (1 - positive) * (1 - specificity)];
  const accuracy = tp + tn;
  const chance = positive * (tp + fp) + (1 - positive) * (tn + fn);
  const f1 = (2 * tp) / (2 * tp + fp + fn);
  const negativeF1 = (2 * tn) / (2 * tn + fp + fn);
  // Over the score, from the largest down.
  const step = 1 / 2_000;
  let averagePrecision = 0;
  let brier = 0;
  for (let x = apart + 8; x > -8; x -= step) {
    const ofPositive = density(x - apart);
    const ofNegative = density(x);
    const above = positive * normalProbability(apart - x);
    averagePrecision += (step * ofPositive * above) / (above + (1 - positive) * normalProbability(-x));
    const probability = probabilityOf(model, x);
    brier += step * (positive * ofPositive * (1 - probability) ** 2 + (1 - positive) * ofNegative * probability ** 2);
  }
  return {
    accuracy,
    recall,
    precision: tp / (tp + fp),
    f1,
    f2: (5 * tp) / (5 * tp + 4 * fn + fp),
    "macro F1": (f1 + negativeF1) / 2,
    "weighted F1": positive * f1 + (1 - positive) * negativeF1,
    "balanced accuracy": (recall + specificity) / 2,
    mcc: (tp * tn - fp * fn) / Math.sqrt(positive * (1 - positive) * (tp + fp) * (tn + fn)),
    kappa: (accuracy - chance) / (1 - chance),
    auc: normalProbability(apart / Math.SQRT2),
    "partial auc": partialArea(apart, 0.2),
    "average precision": averagePrecision,
    brier,
  };
}

/** McClish's standardized area under the ROC curve up to a false positive rate. */
function partialArea(apart: number, most: number): number {
  const step = 1 / 2_000;
  let area = 0;
  for (let x = 8; normalProbability(-x) < most; x -= step) area += step * density(x) * normalProbability(apart - x);
  const least = (most * most) / 2;
  return (1 + (area - least) / (most - least)) / 2;
}
