import { join } from "node:path";
import { SlipwayError } from "../../errors.ts";
import type { Reach } from "./reach.ts";

const HINTS: Readonly<Record<Reach, string>> = {
  own: "Is this the store that it was put into? Copy the object over, or train again.",
  shared: "Is the whole store mounted here? Otherwise copy the object over, or train again.",
  each: "It is on the disk of whoever registered it: copy their store's folder here. For all who clone the repository, name a store that they share under `artifacts` in slipway.yaml.",
};

export function missingObject(digest: string, root: string, reach: Reach): SlipwayError {
  return new SlipwayError("ARTIFACT_MISSING", `The store has no object ${digest}`, {
    expected: `sha256/${digest.slice(0, 2)}/${digest} in ${root}`,
    found: "no such file",
    hint: HINTS[reach],
  });
}

export function corruptObject(digest: string, root: string): SlipwayError {
  return new SlipwayError("ARTIFACT_CORRUPT", `The stored object ${digest} does not have its digest`, {
    found: `other bytes in ${join(root, "sha256", digest.slice(0, 2), digest)}`,
    hint: "Bring it back from a copy, or put the same bytes again: that mends it.",
  });
}

/** Whether the bytes are there cannot be told on this machine. */
export function unreachable(root: string, reach: Reach): SlipwayError {
  const each = reach === "each";
  return new SlipwayError(
    "STORE_UNREACHABLE",
    each
      ? `The artifact store of this clone, ${root}, does not hold it, and every clone has a store of its own`
      : `The artifact store cannot be read from here: there is no folder ${root}`,
    { hint: each ? HINTS.each : "Mount it here, or work where it is." },
  );
}
