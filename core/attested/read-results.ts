import type { Refusal } from "../../schemas/decision.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { ActionsApi } from "./actions-api.ts";
import { type Attested, attestedResults } from "./attested.ts";
import { checkResult, type KnownRun } from "./check-result.ts";
import { download } from "./download.ts";
import { findArtifact } from "./find-artifact.ts";
import { listJobs } from "./list-jobs.ts";
import { parseResult } from "./parse-result.ts";
import { isRefused, type Refused, refused } from "./refusal.ts";
import { unzipResult } from "./unzip-result.ts";

/** A model's result, or why it has none. */
export type ResultRead = { model: string; result: RunResult } | { model: string; refusal: Refusal };

/** What a completed run's jobs attest; `superseded` where it is being run again: then its next end counts. */
export async function attestedBy(
  context: ActionsApi,
  run: Pick<KnownRun, "id" | "attempt">,
): Promise<Attested[] | "superseded"> {
  const jobs = await listJobs(context, run.id);
  if (jobs.some((job) => (job.run_attempt ?? 1) > run.attempt)) return "superseded";
  return attestedResults(jobs);
}

/** What the jobs of an attempt attest, whether or not the run was run again since. */
export async function attestedAt(context: ActionsApi, run: Pick<KnownRun, "id" | "attempt">): Promise<Attested[]> {
  return attestedResults(await listJobs(context, run.id, run.attempt));
}

/**
 * The results of a completed run for models that the App's own plan names, one for each: taken after every check, or
 * refused with the reason. Two calls for each that is attested: artifact and zip. Rejects if GitHub cannot be reached.
 */
export async function readResults(
  context: ActionsApi,
  run: KnownRun,
  attested: readonly Attested[],
  models: readonly string[],
): Promise<ResultRead[]> {
  const read: ResultRead[] = [];
  // One after the other: a result may be 32 MiB.
  for (const model of models) {
    const own = attested.filter((each) => each.model === model);
    const answer = await readOne(context, run, model, own);
    read.push(isRefused(answer) ? { model, refusal: answer.refusal } : { model, result: answer });
  }
  return read;
}

async function readOne(
  context: ActionsApi,
  run: KnownRun,
  model: string,
  attested: readonly Attested[],
): Promise<RunResult | Refused> {
  const result = await readAttested(context, run.id, model, attested);
  return isRefused(result) ? result : checkResult(result, model, run);
}

/** The one result of a model that a run attests, by its digest. What it says is not held against anything yet. */
export async function readAttested(
  context: ActionsApi,
  run: number,
  model: string,
  attested: readonly Attested[],
): Promise<RunResult | Refused> {
  const content = await attestedBytes(context, run, model, attested);
  return isRefused(content) ? content : parseResult(content);
}

/** The bytes of the one result.json that a run attests of a subject, within every limit. */
export async function attestedBytes(
  context: ActionsApi,
  run: number,
  subject: string,
  [attested, ...more]: readonly Attested[],
): Promise<Buffer | Refused> {
  if (attested === undefined) {
    return refused(
      "RESULT_MISSING",
      `The run ended without a result for ${subject}.`,
      "Its log says why. When that is mended, comment `/retry`.",
    );
  }
  if (more.length > 0) return refused("RESULT_DOUBLED", `The run attests ${more.length + 1} results of ${subject}.`);
  const artifact = await findArtifact(context, run, attested.artifact);
  if (isRefused(artifact)) return artifact;
  const zip = await download(context, attested);
  if (isRefused(zip)) return zip;
  return unzipResult(zip);
}
