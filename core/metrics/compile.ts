import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { SlipwayError } from "../errors.ts";
import { cohenKappa, confusionMatrix } from "./agreement.ts";
import { classesOf } from "./classes.ts";
import { accuracy, balancedAccuracy, type LabelRows, matthews, shares } from "./label-metrics.ts";
import { brierScore, logLoss } from "./probability-metrics.ts";
import { averagePrecision, rocAuc, topK } from "./ranking-metrics.ts";
import { badPredictions, unfit } from "./refuse.ts";
import {
  type ErrorRows,
  errorRows,
  explained,
  maxError,
  meanAbsolute,
  meanAbsolutePercentage,
  meanPinball,
  meanSquared,
  medianAbsolute,
  rootMeanSquared,
} from "./regression-metrics.ts";
import { type ScoreColumns, scoreColumns } from "./score-columns.ts";
import type { Scored, Value } from "./scored.ts";
import { rowMean, type Statistic } from "./statistic.ts";
import { tallyOf } from "./tally.ts";

/** A metric against its rows: one part, or one per class; or a matrix. */
export interface CompiledMetric {
  parts: { class?: Value; statistic: Statistic }[];
  matrix?: { labels: string[]; values: number[][] };
}

/** What the metrics of one set of rows share, each made when first asked for. */
export interface Frame {
  scored: Scored;
  labelRows(): LabelRows;
  errorRows(): ErrorRows;
  columns(want: "probabilities" | "scores"): ScoreColumns;
}

export function frameOf(scored: Scored): Frame {
  const labelRows = once(() => {
    const classes = classesOf(scored.labels, scored.predictions);
    const tally = tallyOf(classes.encode(scored.labels), classes.encode(scored.predictions), classes.values.length);
    return { n: scored.labels.length, classes, tally, positive: scored.positive };
  });
  const probabilities = once(() => scoreColumns(scored, "probabilities"));
  const scores = scored.probabilities ? probabilities : once(() => scoreColumns(scored, "scores"));
  return {
    scored,
    labelRows,
    errorRows: once(() => errorRows(scored)),
    columns: (want) => (want === "scores" ? scores() : probabilities()),
  };
}

/** Throws SlipwayError METRIC_UNFIT or PREDICTIONS_INVALID if the rows make the metric impossible to ask for. */
export function compileMetric(name: string, spec: MetricSpec, frame: Frame): CompiledMetric {
  if ("run" in spec) return one(ownMean(name, frame.scored));
  if (frame.scored.labels.length === 0) {
    throw unfit(
      `${spec.metric} needs labels.`,
      "a label column",
      "none",
      "Name it with `label` under data, or use a metric of your own (run: …).",
    );
  }
  switch (spec.metric) {
    case "accuracy_score":
      return one(accuracy(frame.labelRows(), spec));
    case "balanced_accuracy_score":
      return one(balancedAccuracy(frame.labelRows(), spec));
    case "precision_score":
    case "recall_score":
    case "f1_score":
    case "fbeta_score":
      return { parts: shares(frame.labelRows(), spec) };
    case "matthews_corrcoef":
      return one(matthews(frame.labelRows()));
    case "cohen_kappa_score":
      return one(cohenKappa(frame.labelRows(), spec));
    case "confusion_matrix":
      return { parts: [], matrix: confusionMatrix(frame.labelRows(), spec) };
    case "roc_auc_score":
      return { parts: rocAuc(frame.columns("scores"), spec) };
    case "average_precision_score":
      return { parts: averagePrecision(frame.columns("scores"), spec) };
    case "top_k_accuracy_score":
      return one(topK(frame.columns("scores"), spec));
    case "log_loss":
      return one(logLoss(frame.columns("probabilities"), spec));
    case "brier_score_loss":
      return one(brierScore(frame.columns("probabilities"), spec));
    case "mean_absolute_error":
      return one(meanAbsolute(frame.errorRows()));
    case "mean_squared_error":
      return one(meanSquared(frame.errorRows()));
    case "root_mean_squared_error":
      return one(rootMeanSquared(frame.errorRows()));
    case "r2_score":
    case "explained_variance_score":
      return one(explained(frame.errorRows(), spec));
    case "median_absolute_error":
      return one(medianAbsolute(frame.errorRows()));
    case "max_error":
      return one(maxError(frame.errorRows()));
    case "mean_absolute_percentage_error":
      return one(meanAbsolutePercentage(frame.errorRows()));
    case "mean_pinball_loss":
      return one(meanPinball(frame.errorRows(), spec));
  }
}

/** Scores that are all 0 or 1 are a share, and get a share's interval. */
function ownMean(name: string, scored: Scored): Statistic {
  const scores = scored.own[name];
  if (!scores || scores.length !== scored.ids.length) {
    throw new SlipwayError("SCORES_INVALID", `There are no scores of ${name} for these rows.`, {
      expected: `${scored.ids.length} scores`,
      found: String(scores?.length ?? "none"),
      hint: `Let its command write a line with slipway_id, metric ${name} and value for each row into SLIPWAY_SCORES.`,
    });
  }
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad >= 0) {
    throw badPredictions(
      "A score is not a number.",
      "finite numbers",
      `${scores[bad]} at id ${scored.ids[bad]}`,
      "Mend the metric's command.",
    );
  }
  const infinite = Number.POSITIVE_INFINITY;
  return scores.every((score) => score === 0 || score === 1)
    ? rowMean(scores, { kind: "score", range: [0, 1] })
    : rowMean(scores, { kind: "studentized", range: [-infinite, infinite] });
}

const one = (statistic: Statistic): CompiledMetric => ({ parts: [{ statistic }] });

function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
