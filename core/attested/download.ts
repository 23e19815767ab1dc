import { sha256 } from "../canonical.ts";
import type { ActionsApi } from "./actions-api.ts";
import type { Attested } from "./attested.ts";
import { isNotFound, MAX_ZIP_BYTES, tooLarge } from "./find-artifact.ts";
import { type Refused, refused } from "./refusal.ts";

const MAX_MS = 30_000;

/**
 * Downloads the artifact's zip: one call, and then the address that it redirects to, without credentials, within 8
 * MiB and 30 seconds. Refused unless the bytes are those that the job attested. Rejects if a connection is lost.
 */
export async function download(
  { octokit, repository }: ActionsApi,
  { artifact, sha256: expected }: Attested,
): Promise<Buffer | Refused> {
  const signal = AbortSignal.timeout(MAX_MS);
  let place: URL;
  try {
    const { headers, url } = await octokit.rest.actions.downloadArtifact({
      owner: repository.owner,
      repo: repository.name,
      artifact_id: artifact,
      archive_format: "zip",
      request: { redirect: "manual", signal },
    });
    place = new URL(headers.location ?? "", url);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return refused("RESULT_EXPIRED", `The run's artifact ${artifact} is not there any more.`);
  }
  const response = await fetch(place, { signal });
  if (!response.ok)
    throw Object.assign(new Error("the artifact's bytes could not be fetched"), { status: response.status });
  const zip = await readCapped(response);
  if (zip === undefined) return tooLarge(artifact);
  if (sha256(zip) === expected) return zip;
  return refused("RESULT_DIGEST", `Artifact ${artifact} does not hold the bytes that the run's job attested.`);
}

/** Undefined as soon as there is more than a result may have: what a server says of its length proves nothing. */
async function readCapped(response: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ZIP_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
