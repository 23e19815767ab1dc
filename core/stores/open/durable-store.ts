import type { StoreChoice } from "../../../schemas/policy.ts";
import type { Problem } from "../../../schemas/problem.ts";
import { SlipwayError } from "../../errors.ts";
import { isOfEachClone, parseStore } from "../address.ts";
import type { ArtifactStore } from "../store.ts";
import { type OpenStoreOptions, openStore } from "./open-store.ts";

/**
 * The policy's store where runs have no folder of their own that stays: on GitHub. Rejects with ARTIFACT_NOT_DURABLE for
 * a relative `file:` or none at all (each job has another disk), and as `openStore` does.
 */
export function openDurableStore(
  store: StoreChoice | undefined,
  at: Pick<Problem, "file" | "line" | "column"> = {},
  options: Omit<OpenStoreOptions, "remote"> = {},
): ArtifactStore {
  const { uri } = parseStore(store, at);
  if (isOfEachClone(uri)) {
    throw new SlipwayError("ARTIFACT_NOT_DURABLE", "The policy names no store that outlives a job on GitHub", {
      ...at,
      expected:
        "`artifacts.store` in slipway.yaml: `oci:`, `s3:`, or a folder that runners and the App share (`file:/…`)",
      found: store === undefined ? "no `artifacts.store`" : uri,
      hint: "On the default branch name the repository's container registry, say: artifacts: { store: oci://ghcr.io/OWNER/REPO/models }. docs/stores.md has the others.",
    });
  }
  return openStore(store, "/", at, { ...options, remote: true });
}

/**
 * The same for who also works without: where there is no such store, one that holds nothing and takes nothing, and refuses
 * with the reason what is asked of it. `address` is the policy's where it is durable.
 */
export function durableOrNone(store: StoreChoice | undefined): {
  address: StoreChoice | undefined;
  store: ArtifactStore;
} {
  try {
    return { address: store, store: openDurableStore(store) };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const refuse = () => Promise.reject(error);
    const nothing = () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) });
    const puts = { putFolder: refuse, putFile: refuse, remove: refuse };
    const gets = { getFolder: refuse, getFile: refuse, read: nothing, list: nothing };
    return {
      address: undefined,
      store: { ...puts, ...gets, has: async () => "missing", verify: async () => "missing" },
    };
  }
}
