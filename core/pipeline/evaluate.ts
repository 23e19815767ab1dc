import { join } from "node:path";
import type { Evaluation, MetricResult } from "../../schemas/evaluation.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import { timestamp } from "../clock.ts";
import { evaluateMetrics } from "../metrics/evaluate.ts";
import { evaluateOptions } from "../metrics/evaluate-options.ts";
import { joinPredictions } from "./data/join.ts";
import { measurePredict, predict } from "./predict.ts";
import { predictWith } from "./predict-with.ts";
import type { Run, StepRunner } from "./run.ts";
import { scoreOwn } from "./score.ts";
import type { UserCode } from "./user-code.ts";

/**
 * Predicts (user code: artifact and features), then scores (the platform: predictions and labels), keeps the
 * predictions in the store, and lets the caller compare and try the gates before the record is written.
 */
export async function evaluate(run: Run, code: UserCode, artifact: Artifact, step: StepRunner): Promise<void> {
  const { deps, request, record, work, prepared } = run;
  const { spec } = code;
  const gates = request.gates ?? Object.values(spec.gates ?? {}).flat();
  const predictions = join(work.private, "predictions.csv");
  const own = {
    features: run.given(prepared.featuresFile),
    labels: run.given(prepared.labelsFile),
    folder: work.private,
    logs: join(run.folder, "logs"),
  };

  const predicted = await step("predict", async (about) => {
    about.log = join("logs", "predict.log");
    const seconds = await predictRows(run, code, artifact, { rows: "all", output: predictions, log: about.log });
    const wanted = gates.some((gate) => gate.metric === "predict_ms_per_row");
    return { seconds, perRow: wanted ? await measure(run, code, artifact, seconds) : undefined };
  });

  await step("score", async () => {
    const started = performance.now();
    const scores = await scoreOwn(code, own, predictions, "");
    const { signal } = request;
    const { scored, stored } = await joinPredictions({
      ...{ prepared, spec, predictions, scores },
      ...(signal ? { signal } : {}),
    });
    record.predictions = await deps.store.putFile(stored);
    const options = evaluateOptions(spec, gates, request.resamples);
    const { metrics, slices, classes, method } = evaluateMetrics(scored, options);
    const evaluation: Evaluation = {
      slipway: 1,
      task: spec.task,
      binding: request.binding,
      test: prepared.test,
      ...(classes ? { classes } : {}),
      labels: prepared.remote ? "withheld" : "reachable",
      metrics: { ...metrics, ...measured(artifact, predicted.perRow) },
      slices,
      comparisons: [],
      method,
      evaluated_at: timestamp(new Date()),
      seconds: { predict: predicted.seconds, score: (performance.now() - started) / 1_000 },
    };
    record.evaluation = evaluation;
    if (!request.afterScore) return;
    let others = 0;
    const { comparisons, gates: tried } = await request.afterScore({
      ...{ scored, prepared, evaluation, folder: work.private, signal },
      predict: (model, baseline) => {
        others += 1;
        return predictWith(deps, {
          ...{ model, artifact: baseline, features: run.given(prepared.featuresFile), signal },
          output: join(work.private, `predictions-${others}.csv`),
          log: join(run.folder, "logs", `predict-baseline-${others}.log`),
          secrets: request.secrets?.predict,
          onOutput: request.onOutput,
        });
      },
      score: (file) => {
        others += 1;
        return scoreOwn(code, own, file, `-baseline-${others}`);
      },
    });
    record.evaluation = { ...evaluation, comparisons };
    record.gates = tried;
  });
}

function predictRows(
  run: Run,
  code: UserCode,
  artifact: Artifact,
  about: { rows: "all" | "one"; output: string; log: string },
): Promise<number> {
  const { deps, request, prepared, folder } = run;
  return predict(code, deps.store, {
    artifact,
    features: run.given(about.rows === "all" ? prepared.featuresFile : prepared.oneRowFile),
    output: about.output,
    log: join(folder, about.log),
    secrets: request.secrets?.predict,
  });
}

/** The further rounds predict the same rows: their output is thrown away, and is not shown. */
function measure(run: Run, code: UserCode, artifact: Artifact, first: number): Promise<number | "one row"> {
  const quiet: UserCode = { ...code, onOutput: undefined };
  const output = join(run.work.private, "measured.csv");
  return measurePredict(run.prepared.test.rows, first, (rows, round) =>
    predictRows(run, quiet, artifact, { rows, output, log: join("logs", `predict-${rows}-${round + 1}.log`) }),
  );
}

/** artifact_mb: 10⁶ bytes. predict_ms_per_row: where a gate names it; null where there is one test row alone. */
function measured(artifact: Artifact, perRow: number | "one row" | undefined): Record<string, MetricResult> {
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
