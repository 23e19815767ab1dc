import type { ArtifactCheck } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import type { Ports } from "./ports.ts";

/**
 * Whether a version's bytes are in the store, by names and sizes: whoever is handed them has each digest checked. Rejects
 * with INTERRUPTED alone.
 */
export async function checkStored(
  { store, signal }: Pick<Ports, "store" | "signal">,
  { artifact, imported }: Pick<Manifest, "artifact" | "imported">,
): Promise<ArtifactCheck> {
  if (imported?.download !== undefined) return { outcome: "elsewhere" };
  try {
    const state = await store.has(artifact, { signal });
    return { outcome: state === "ok" ? "present" : state };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    // A link in a store's place leads to bytes that are not its own.
    const outcome = error.code === "SYMLINK_REFUSED" ? "corrupt" : "unreachable";
    return { outcome, reason: `${error.message} [${error.code}]`.slice(0, 500) };
  }
}
