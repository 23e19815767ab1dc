import type { Gate } from "../../schemas/gate.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import { LEVELS } from "./levels.ts";

const RESAMPLES = 1_000;
/** The same for all, and no choice of the spec's: an author could look for the seed whose interval passes. */
const SEED = 0;

/** What a spec and the gates in force ask of an evaluation or a comparison: the same for both, so that they agree. */
export function evaluateOptions(
  spec: ModelSpec,
  gates: readonly Gate[],
  resamples: number = RESAMPLES,
  about: Pick<EvaluateOptions, "place" | "steps"> = {},
): EvaluateOptions {
  return {
    metrics: spec.metrics,
    slices: spec.slices ?? [],
    filters: gates.flatMap((gate) => (gate.slice ? [gate.slice] : [])),
    levels: LEVELS,
    resamples,
    seed: SEED,
    ...about,
  };
}
