import { parseResultName, type ResultName } from "../stages/result-name.ts";
import type { WorkflowJob } from "./list-jobs.ts";

/** A result that a job attests: GitHub made the job's name from outputs of the trusted job before it. */
export interface Attested extends ResultName {
  /** The model as the calling job is named, which no user code can choose; the plan says whether there is one. */
  model: string | undefined;
  attempt: number;
}

/** The models that results are attested of. */
export function attestedModels(attested: readonly Attested[]): string[] {
  return [...new Set(attested.flatMap(({ model }) => model ?? []))];
}

/** The results that successful jobs attest. Whatever else a run uploaded counts for nothing. */
export function attestedResults(jobs: readonly WorkflowJob[]): Attested[] {
  const found = jobs.flatMap(({ name, conclusion, run_attempt: attempt = 1 }) => {
    const named = conclusion === "success" ? parseResultName(name) : undefined;
    return named === undefined ? [] : [{ ...named, model: name.split(" / ").at(-2), attempt }];
  });
  // A job that was run again may be listed beside what it was before.
  const isLatest = (each: Attested) =>
    !found.some(({ model, attempt }) => model === each.model && attempt > each.attempt);
  return found.filter(isLatest);
}
