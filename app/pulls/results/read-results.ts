import type { Refusal } from "../../../schemas/decision.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import type { Host } from "../../github/event-context.ts";
import { checkResult, type KnownRun } from "./check-result.ts";
import { download } from "./download.ts";
import { findArtifact } from "./find-artifact.ts";
import { listJobs } from "./list-jobs.ts";
import { parseResult } from "./parse-result.ts";
import { isRefused, type Refused, refused } from "./refusal.ts";
import { unzipResult } from "./unzip-result.ts";
import { type Vouched, vouchedResults } from "./vouched.ts";

/** A model's result, or why it has none. */
export type ResultRead = { model: string; result: RunResult } | { model: string; refusal: Refusal };

/** What a completed run's jobs vouch for; `superseded` where it is being run again: then its next end counts. */
export async function vouchedBy(
  host: Pick<Host, "octokit" | "repository">,
  run: Pick<KnownRun, "id" | "attempt">,
): Promise<Vouched[] | "superseded"> {
  const jobs = await listJobs(host, run.id);
  if (jobs.some((job) => (job.run_attempt ?? 1) > run.attempt)) return "superseded";
  return vouchedResults(jobs);
}

/**
 * The results of a completed run for models that the App's own plan names, one for each: taken after every check, or
 * refused with the reason. Two calls for each that is vouched for: artifact and zip. Rejects where GitHub cannot be reached.
 */
export async function readResults(
  host: Pick<Host, "octokit" | "repository">,
  run: KnownRun,
  vouched: readonly Vouched[],
  models: readonly string[],
): Promise<ResultRead[]> {
  const read: ResultRead[] = [];
  // One after the other: a result may be 32 MiB.
  for (const model of models) {
    const own = vouched.filter((each) => each.model === model);
    const answer = await readOne(host, run, model, own);
    read.push(isRefused(answer) ? { model, refusal: answer.refusal } : { model, result: answer });
  }
  return read;
}

async function readOne(
  host: Pick<Host, "octokit" | "repository">,
  run: KnownRun,
  model: string,
  [vouched, ...more]: readonly Vouched[],
): Promise<RunResult | Refused> {
  if (vouched === undefined) {
    return refused(
      "RESULT_MISSING",
      `The run ended without a result for ${model}.`,
      "Its log says why. When that is mended, comment `/retry`.",
    );
  }
  if (more.length > 0) return refused("RESULT_DOUBLED", `The run vouches for ${more.length + 1} results of ${model}.`);
  const artifact = await findArtifact(host, run.id, vouched.artifact);
  if (isRefused(artifact)) return artifact;
  const zip = await download(host, vouched);
  if (isRefused(zip)) return zip;
  const content = await unzipResult(zip);
  if (isRefused(content)) return content;
  const result = parseResult(content);
  return isRefused(result) ? result : checkResult(result, model, run);
}
