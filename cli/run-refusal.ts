import { type ReasonCode, SlipwayError } from "../core/errors.ts";
import { gateRefusals } from "../core/promotion/gate-refusals.ts";
import { counted, verdictOf } from "../core/report/verdict-words.ts";
import type { Problem } from "../schemas/problem.ts";
import type { RunResult } from "../schemas/run-result.ts";

/** A problem of a model that was to be run. */
export interface ModelProblem {
  model: string;
  problem: Problem;
}

/**
 * The error that `run` ends with, if not all went well: first models that could not be run, then runs that failed,
 * then (with `gate`) gates that do not pass, as each report's verdict counts them. The first problem's code decides
 * the exit code. Each problem names its model if there are several.
 */
export function runRefusal(
  refused: readonly ModelProblem[],
  runs: readonly RunResult[],
  { several, gate }: { several: boolean; gate: boolean },
): SlipwayError | undefined {
  const failed = [...refused, ...runs.flatMap(({ model, problem }) => (problem ? [{ model, problem }] : []))];
  const judged = gate ? runs.filter(({ outcome }) => outcome === "succeeded") : [];
  const gated = judged.flatMap((run) =>
    gateRefusals(Object.values(run.gates).flat()).map(
      ({ code, message, hint }): ModelProblem => ({
        model: run.model,
        problem: { code, message, hint },
      }),
    ),
  );
  const problems = [...failed, ...gated].map(({ model, problem }) =>
    several ? { ...problem, message: `${model}: ${problem.message}` } : problem,
  );
  const [first] = problems;
  if (!first) return undefined;
  const message = failed.length === 1 && gated.length === 0 ? first.message : words(failed, gated, judged);
  return new SlipwayError(first.code as ReasonCode, message, { problems });
}

function words(failed: readonly ModelProblem[], gated: readonly ModelProblem[], judged: readonly RunResult[]): string {
  const models = (of: readonly ModelProblem[]) => new Set(of.map(({ model }) => model));
  const blocked = judged.filter(({ model }) => models(gated).has(model));
  const [only] = blocked;
  const parts = failed.length === 0 ? [] : [`${counted(models(failed).size, "model")} failed`];
  if (blocked.length === 1 && only) parts.push(`${only.model}: ${verdictOf(only).text}`);
  else if (blocked.length > 1) parts.push(`${blocked.length} models do not pass their gates`);
  return parts.join("; ");
}
