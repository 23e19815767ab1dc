import type { RunResult } from "../../schemas/run-result.ts";

type PredictionFiles = Pick<RunResult, "predictions_profile" | "served_predictions">;

/** What a run, a manifest or an evaluation has of files beside its predictions: those alone that are there. */
export function predictionFiles({ predictions_profile, served_predictions }: PredictionFiles): PredictionFiles {
  return {
    ...(predictions_profile === undefined ? {} : { predictions_profile }),
    ...(served_predictions === undefined ? {} : { served_predictions }),
  };
}
