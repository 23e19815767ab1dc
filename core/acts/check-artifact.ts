import type { ArtifactCheck } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { parseStore } from "../stores/address.ts";
import { isDenied, isInStore } from "../stores/attested.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";

/**
 * Whether a version's bytes are in the store, by names and sizes: whoever is handed them has each digest checked. Where this
 * host may not read the store that the policy at `tip` names, the run that put them there attests it. Rejects with
 * INTERRUPTED alone.
 */
export async function checkStored(
  { store, objects, signal }: Pick<Ports, "store" | "objects" | "signal">,
  tip: CommitId,
  { artifact, bytes, imported }: Pick<Manifest, "artifact" | "bytes" | "imported">,
): Promise<ArtifactCheck> {
  if (imported?.download !== undefined) return { outcome: "elsewhere" };
  try {
    const state = await store.has(artifact, { signal });
    return { outcome: state === "ok" ? "present" : state };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
    const reason = `${error.message} [${error.code}]`.slice(0, 500);
    if (isDenied(error) && bytes?.outcome === "attested") {
      const { artifacts } = await readPolicy({ objects }, tip);
      if (isInStore(parseStore(artifacts?.store), artifact)) return { outcome: "attested", run: bytes.run, reason };
    }
    // A link in a store's place leads to bytes that are not its own.
    return { outcome: error.code === "SYMLINK_REFUSED" ? "corrupt" : "unreachable", reason };
  }
}
