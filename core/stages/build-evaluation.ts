import type { Evaluation, MetricResult } from "../../schemas/evaluation.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { timestamp } from "../clock.ts";
import type { PreparedData } from "../data/prepare.ts";
import { formatNumber } from "../gates/number-words.ts";
import { type EvaluateOptions, evaluateMetrics } from "../metrics/evaluate.ts";
import { SHOWN_LEVEL } from "../metrics/levels.ts";
import type { Scored } from "../metrics/scored.ts";
import type { CandidatePredictions } from "./predict-candidate.ts";
import { PAIRS } from "./user-code/time-per-row.ts";

/** The evaluation of joined predictions, not yet compared with anything; scoring began at `started` (performance.now). */
export function buildEvaluation(about: {
  spec: ModelSpec;
  scored: Scored;
  prepared: Pick<PreparedData, "test">;
  labels: Pick<Evaluation, "labels" | "labels_reason">;
  artifact: Artifact;
  predicted: CandidatePredictions;
  options: EvaluateOptions;
  binding: boolean;
  started: number;
}): Evaluation {
  const { spec, scored, prepared, labels, artifact, predicted, options, binding, started } = about;
  const { metrics, slices, classes, method } = evaluateMetrics(scored, options);
  return {
    slipway: 1,
    task: spec.task,
    binding,
    test: prepared.test,
    ...(prepared.test.part ? { part: prepared.test.part.of } : {}),
    ...(classes ? { classes } : {}),
    ...labels,
    values: options.steps ? "steps" : "exact",
    metrics: { ...metrics, ...measuredMetrics(artifact, predicted, prepared.test.rows) },
    slices,
    comparisons: [],
    method,
    evaluated_at: timestamp(new Date()),
    seconds: { predict: predicted.seconds, score: (performance.now() - started) / 1_000 },
  };
}

/** artifact_mb: 10⁶ bytes. predict_ms_per_row: where a gate names it. */
function measuredMetrics(artifact: Artifact, predicted: CandidatePredictions, rows: number) {
  const size = { function: "artifact_mb", greater_is_better: false, value: artifact.size / 1e6 };
  const { perRow } = predicted;
  return {
    artifact_mb: size,
    ...(perRow === undefined ? {} : { predict_ms_per_row: timeMetric(perRow, rows) }),
  };
}

/** Null where there is one test row alone, or where the program's start hides the time: then the upper bound is all that is known. */
function timeMetric(perRow: NonNullable<CandidatePredictions["perRow"]>, rows: number): MetricResult {
  const about = { function: "predict_ms_per_row", greater_is_better: false };
  if (perRow === "one row") return { ...about, value: null, reason: "there is one test row alone" };
  const { value, low, high, pairs } = perRow;
  const known = { ...about, value, intervals: [{ level: SHOWN_LEVEL, low, high }] };
  const most = formatNumber(Number(high.toPrecision(3)));
  if (value === null) return { ...known, reason: `below ${most} ms, too fast to tell with ${rows} rows` };
  if (pairs >= PAIRS) return known;
  return {
    ...known,
    reason: `measured ${pairs === 1 ? "once" : `${pairs} times`}: the program's start counts in the upper bound`,
  };
}
