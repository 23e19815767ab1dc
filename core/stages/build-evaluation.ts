import type { Evaluation, MetricResult } from "../../schemas/evaluation.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { timestamp } from "../clock.ts";
import type { PreparedData } from "../data/prepare.ts";
import { type EvaluateOptions, evaluateMetrics } from "../metrics/evaluate.ts";
import type { Scored } from "../metrics/scored.ts";
import type { CandidatePredictions } from "./predict-candidate.ts";

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
    metrics: { ...metrics, ...measuredMetrics(artifact, predicted.perRow) },
    slices,
    comparisons: [],
    method,
    evaluated_at: timestamp(new Date()),
    seconds: { predict: predicted.seconds, score: (performance.now() - started) / 1_000 },
  };
}

/** artifact_mb: 10⁶ bytes. predict_ms_per_row: where a gate names it; null where there is one test row alone. */
function measuredMetrics(artifact: Artifact, perRow: CandidatePredictions["perRow"]): Record<string, MetricResult> {
  const size: MetricResult = { function: "artifact_mb", greater_is_better: false, value: artifact.size / 1e6 };
  if (perRow === undefined) return { artifact_mb: size };
  const time = { function: "predict_ms_per_row", greater_is_better: false };
  return {
    artifact_mb: size,
    predict_ms_per_row:
      perRow === "one row"
        ? { ...time, value: null, reason: "there is one test row alone" }
        : { ...time, value: perRow },
  };
}
