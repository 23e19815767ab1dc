import { parseResultName, type ResultName } from "../../../core/stages/result-name.ts";
import type { Job } from "./list-jobs.ts";

/** A result that a job vouches for: GitHub made the job's name from what the trusted job before it put out. */
export interface Vouched extends ResultName {
  /** The model as the calling job is named, which no user code can choose; the plan says whether there is one. */
  model: string | undefined;
  attempt: number;
}

/** What the jobs that succeeded vouch for. Whatever else a run uploaded is nobody's result. */
export function vouchedResults(jobs: readonly Job[]): Vouched[] {
  const found = jobs.flatMap(({ name, conclusion, run_attempt: attempt = 1 }) => {
    const named = conclusion === "success" ? parseResultName(name) : undefined;
    return named === undefined ? [] : [{ ...named, model: name.split(" / ").at(-2), attempt }];
  });
  // A job that was run again may be listed beside what it was before.
  const isLatest = (each: Vouched) =>
    !found.some(({ model, attempt }) => model === each.model && attempt > each.attempt);
  return found.filter(isLatest);
}
