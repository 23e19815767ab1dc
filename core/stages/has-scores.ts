import type { ModelSpec } from "../../schemas/model-spec.ts";
import { csvHeader } from "../data/csv-header.ts";
import { metricInfo } from "../metrics/catalog.ts";
import { aboutMetric, badPredictions, type PlaceOf } from "../metrics/refuse.ts";

/**
 * Holds the columns of the first predictions against what the metrics need, before anything else runs on them. Rejects with
 * PREDICTIONS_INVALID, the metric's name and its place in the spec, where a metric needs probabilities or scores and there are none.
 */
export async function requireScores(predictions: string, spec: ModelSpec, place: PlaceOf): Promise<void> {
  const needing = Object.entries(spec.metrics).flatMap(([name, metric]) => {
    const needs = "run" in metric ? [] : metricInfo(metric).needs;
    if (needs.includes("probabilities")) return [{ name, metric, scores: false }];
    return needs.includes("scores") ? [{ name, metric, scores: true }] : [];
  });
  if (needing.length === 0) return;
  const columns = await csvHeader(predictions, "SLIPWAY_PREDICTIONS", false);
  const hasProbabilities = columns.some((name) => name.startsWith("proba_"));
  const hasScores = columns.some((name) => name === "score" || name.startsWith("score_"));
  const lacking = needing.find(({ scores }) => !hasProbabilities && !(scores && hasScores));
  if (lacking === undefined) return;
  const { name, scores } = lacking;
  const error = badPredictions(
    `The predictions hold no ${scores ? "probabilities or scores" : "probabilities"}.`,
    `columns proba_<class>, one for each class${scores ? ", or a column score" : ""}`,
    hasScores ? "scores that are not probabilities" : "`prediction` alone",
    "Let predict write columns proba_<class> into SLIPWAY_PREDICTIONS, or leave the metric out.",
  );
  throw aboutMetric(name, error, place);
}
