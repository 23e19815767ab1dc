import type { Gate } from "../../schemas/gate.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import { LEVELS } from "./levels.ts";

/** What a spec and the gates in force ask of an evaluation or a comparison: the same for both, so that they agree. */
export function evaluateOptions(
  spec: ModelSpec,
  gates: readonly Gate[],
  about: Pick<EvaluateOptions, "place" | "steps"> = {},
): EvaluateOptions {
  return {
    metrics: spec.metrics,
    slices: spec.slices ?? [],
    filters: gates.flatMap((gate) => (gate.slice ? [gate.slice] : [])),
    levels: LEVELS,
    ...about,
  };
}
