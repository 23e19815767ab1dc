import { z } from "zod";
import type { ActionsApi } from "./actions-api.ts";
import { type Refused, refused } from "./refusal.ts";

/** A result is a page of JSON, and its zip a fraction of that. */
export const MAX_ZIP_BYTES = 8 * 1024 * 1024;

const Artifact = z.object({
  id: z.int(),
  size_in_bytes: z.int().min(0),
  expired: z.boolean(),
  workflow_run: z.object({ id: z.int().nullish() }).nullish(),
});

/** Asks for an artifact of a run by its id: its size is known, and capped, before a byte of it is fetched. One call. */
export async function findArtifact(
  { octokit, repository }: ActionsApi,
  run: number,
  id: number,
): Promise<{ size: number } | Refused> {
  const where = { owner: repository.owner, repo: repository.name, artifact_id: id };
  let found: z.infer<typeof Artifact>;
  try {
    found = Artifact.parse((await octokit.rest.actions.getArtifact(where)).data);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return refused("RESULT_EXPIRED", `The run's artifact ${id} is not there any more.`);
  }
  if (found.workflow_run?.id !== run) {
    return refused("RESULT_FOREIGN", `Artifact ${id} was uploaded by another run, not by the one that attests it.`);
  }
  if (found.expired) return refused("RESULT_EXPIRED", `The run's artifact ${id} has expired.`);
  if (found.size_in_bytes > MAX_ZIP_BYTES) return tooLarge(id, found.size_in_bytes);
  return { size: found.size_in_bytes };
}

export function tooLarge(id: number, bytes?: number): Refused {
  const found = bytes === undefined ? "more" : `${bytes} bytes`;
  return refused(
    "RESULT_TOO_LARGE",
    `The result's artifact ${id} is too large: expected at most ${MAX_ZIP_BYTES} bytes, found ${found}.`,
    "Name fewer slices or classes: a result holds numbers alone.",
  );
}

/** Whether GitHub does not have it any more, or never had: no retry brings it back. */
export function isNotFound(error: unknown): boolean {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  return status === 404 || status === 410;
}
