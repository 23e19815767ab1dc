import { join } from "node:path";
import type { Artifact } from "../../schemas/manifest.ts";
import { joinPredictions } from "../data/join.ts";
import { evaluateOptions } from "../metrics/evaluate-options.ts";
import { metricPlaces } from "../metrics/refuse.ts";
import { measure } from "./measure.ts";
import { predictCandidate } from "./predict-candidate.ts";
import { predictWith } from "./predict-with.ts";
import type { Run, StepRunner } from "./run.ts";
import { scoreOwn } from "./user-code/run-own-metrics.ts";
import type { UserCode } from "./user-code/user-code.ts";

/**
 * Predicts (user code: artifact and features), then scores (the platform: predictions and labels), keeps the
 * predictions in the store, and lets the caller compare and try the gates before the record is written.
 */
export async function evaluate(run: Run, code: UserCode, artifact: Artifact, step: StepRunner): Promise<void> {
  const { deps, request, record, work, prepared } = run;
  const { spec } = code;
  const gates = request.gates ?? Object.values(spec.gates ?? {}).flat();
  const predictions = join(work.private, "predictions.csv");
  const logs = join(run.folder, "logs");
  const features = run.given(prepared.featuresFile);
  const own = { features, labels: run.given(prepared.labelsFile), folder: work.private, logs };

  const predicted = await step("predict", async (about) => {
    about.log = join("logs", "predict.log");
    return predictCandidate(code, deps.store, {
      ...{ artifact, features, gates, logs },
      place: metricPlaces(request.model),
      oneRow: run.given(prepared.oneRowFile),
      rows: prepared.test.rows,
      output: predictions,
      scratch: work.private,
      secrets: request.secrets?.predict,
    });
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
    const options = evaluateOptions(spec, gates, request.resamples, metricPlaces(request.model));
    const { binding } = request;
    const evaluation = measure({ spec, scored, prepared, artifact, predicted, options, binding, started });
    record.evaluation = evaluation;
    if (!request.afterScore) return;
    let others = 0;
    const { comparisons, gates: tried } = await request.afterScore({
      ...{ scored, prepared, evaluation, folder: work.private, signal },
      predict: (model, baseline) => {
        others += 1;
        return predictWith(deps, {
          ...{ model, artifact: baseline, features, signal },
          output: join(work.private, `predictions-${others}.csv`),
          log: join(logs, `predict-baseline-${others}.log`),
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
