import { join } from "node:path";
import type { Evaluation, MetricResult } from "../../schemas/evaluation.ts";
import type { Artifact } from "../../schemas/manifest.ts";
import { evaluateMetrics } from "../metrics/evaluate.ts";
import { joinPredictions } from "./data/join.ts";
import { measurePredict, predict } from "./predict.ts";
import { predictWith } from "./predict-with.ts";
import type { Run, StepRunner } from "./run.ts";
import { timestamp } from "./run-record.ts";
import { score } from "./score.ts";
import type { UserCode } from "./user-code.ts";

/** Intervals that every run has; gates add the confidences that they name. */
const CONFIDENCES = [0.9, 0.95, 0.99];

/**
 * Predicts (user code: artifact and features), then scores (the platform: predictions and labels), keeps the
 * predictions in the store, and lets the caller compare and try the gates before the record is written.
 */
export async function evaluate(run: Run, code: UserCode, artifact: Artifact, step: StepRunner): Promise<void> {
  const { deps, request, record, work, prepared } = run;
  const { spec } = code;
  const gates = request.gates ?? Object.values(spec.gates ?? {}).flat();
  const predictions = join(work.private, "predictions.csv");

  const predicted = await step("predict", async (about) => {
    about.log = join("logs", "predict.log");
    const seconds = await predictRows(run, code, artifact, { rows: "all", output: predictions, log: about.log });
    const wanted = gates.some((gate) => gate.metric === "predict_ms_per_row");
    return { seconds, perRow: wanted ? await measure(run, code, artifact, seconds) : undefined };
  });

  await step("score", async () => {
    const started = performance.now();
    const scores = await scoreOwn(run, code, predictions, "");
    const { signal } = request;
    const { scored, stored } = await joinPredictions({
      ...{ prepared, spec, predictions, scores },
      ...(signal ? { signal } : {}),
    });
    record.predictions = await deps.store.putFile(stored);
    const { metrics, slices, classes, method } = evaluateMetrics(scored, {
      metrics: spec.metrics,
      slices: spec.slices ?? [],
      filters: gates.flatMap((gate) => (gate.slice ? [gate.slice] : [])),
      confidences: [...new Set([...CONFIDENCES, ...gates.flatMap((gate) => gate.confidence ?? [])])].sort(
        (a, b) => a - b,
      ),
      resamples: request.resamples ?? 1_000,
      seed: record.seed,
    });
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
        return scoreOwn(run, code, file, `-baseline-${others}`);
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

async function scoreOwn(
  run: Run,
  code: UserCode,
  predictions: string,
  suffix: string,
): Promise<Record<string, string>> {
  const { prepared, work, folder } = run;
  const scores: Record<string, string> = {};
  for (const [name, metric] of Object.entries(code.spec.metrics)) {
    if (!("run" in metric)) continue;
    const output = join(work.private, `scores-${name}${suffix}.csv`);
    await score(code, {
      ...{ name, metric, predictions, output },
      features: run.given(prepared.featuresFile),
      labels: run.given(prepared.labelsFile),
      log: join(folder, "logs", `score-${name}${suffix}.log`),
    });
    scores[name] = output;
  }
  return scores;
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
