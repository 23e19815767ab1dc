import type { Refusal } from "../../schemas/decision.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { Host } from "../host.ts";
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

/**
 * The results of a completed run for the models that the App's own plan names (or all that its jobs are named for), one for
 * each: taken after every check, or refused with the reason. `superseded` where the run is being run again: what it says
 * then is another event's. Three calls for one model: jobs, artifact, zip. Rejects where GitHub cannot be reached.
 */
export async function readResults(
  host: Pick<Host, "octokit" | "repository">,
  run: KnownRun,
  models: readonly string[] | "all",
): Promise<ResultRead[] | "superseded"> {
  if (models.length === 0) return [];
  const jobs = await listJobs(host, run.id);
  if (jobs.some((job) => (job.run_attempt ?? 1) > run.attempt)) return "superseded";
  const vouched = vouchedResults(jobs);
  const read: ResultRead[] = [];
  // One after the other: a result may be 32 MiB.
  const asked = models === "all" ? [...new Set(vouched.flatMap(({ model }) => model ?? []))] : models;
  for (const model of asked) {
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
