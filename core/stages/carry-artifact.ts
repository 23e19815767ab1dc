import type { Artifact } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../stores/store.ts";

/**
 * Brings an artifact's bytes from one store to another, by way of a folder that does not exist yet. Resolves to its record
 * there. Rejects as getFolder and putFolder do.
 */
export async function carryArtifact(
  artifact: Artifact,
  from: Pick<ArtifactStore, "getFolder">,
  to: Pick<ArtifactStore, "putFolder">,
  scratch: string,
): Promise<Artifact> {
  await from.getFolder(artifact, scratch);
  return to.putFolder(scratch);
}

/** The same, and undefined where the bytes are gone or others. */
export async function couldCarry(...about: Parameters<typeof carryArtifact>): Promise<Artifact | undefined> {
  try {
    return await carryArtifact(...about);
  } catch (error) {
    if (error instanceof SlipwayError && /^ARTIFACT_/.test(error.code)) return undefined;
    throw error;
  }
}
