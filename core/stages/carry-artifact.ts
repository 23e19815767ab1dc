import type { Artifact } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../stores/store.ts";

/**
 * Brings an artifact's bytes from one store to another, by way of a folder that does not exist yet; where both are the same
 * store there is nothing to do. Rejects as getFolder and putFolder do.
 */
export async function carryArtifact(
  artifact: Artifact,
  from: Pick<ArtifactStore, "getFolder">,
  to: ArtifactStore,
  scratch: string,
): Promise<void> {
  if (from === to) return;
  await from.getFolder(artifact, scratch);
  await to.putFolder(scratch);
}

/** The same, and false where the bytes are gone or others. */
export async function couldCarry(...about: Parameters<typeof carryArtifact>): Promise<boolean> {
  try {
    await carryArtifact(...about);
    return true;
  } catch (error) {
    if (error instanceof SlipwayError && /^ARTIFACT_/.test(error.code)) return false;
    throw error;
  }
}
