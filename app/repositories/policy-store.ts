import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import { isOfEachClone, parseStore } from "../../core/stores/address.ts";
import { openDurableStore } from "../../core/stores/open/durable-store.ts";
import type { ArtifactStore, StoreOptions } from "../../core/stores/store.ts";
import { type AllowedStores, allowedRoot } from "./allowed-store.ts";

export interface PolicyStoreOptions extends StoreOptions {
  /** Where this machine serves repositories of other people; undefined inside of a repository's own workflow. */
  allowed: AllowedStores | undefined;
}

/**
 * The artifact store that the policy at the default branch's tip names, looked up when something is read or kept: so
 * a repository with a broken policy still has a context, in which the App can say so. Rejects with
 * ARTIFACT_NOT_DURABLE, STORE_NOT_ALLOWED, SPEC_INVALID or UNSUPPORTED then, and as the store does.
 */
export function policyStore(objects: GitObjects, tip: string, options: PolicyStoreOptions): ArtifactStore {
  const { allowed, ...patience } = options;
  let last: { commit: string; store: ArtifactStore } | undefined;

  async function store(): Promise<ArtifactStore> {
    const commit = (await objects.read(`${tip}^{commit}`))?.id;
    if (commit === undefined) throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet");
    if (last?.commit !== commit) {
      const read = await loadPolicy(await openCommit(objects, commit), METRIC_RULES);
      refuseProblems(read.problems);
      last = { commit, store: openPolicyStore(read, { allowed, ...patience }) };
    }
    return last.store;
  }

  return {
    putFolder: async (...asked) => (await store()).putFolder(...asked),
    putFile: async (...asked) => (await store()).putFile(...asked),
    getFolder: async (...asked) => (await store()).getFolder(...asked),
    getFile: async (...asked) => (await store()).getFile(...asked),
    has: async (...asked) => (await store()).has(...asked),
    verify: async (...asked) => (await store()).verify(...asked),
    remove: async (...asked) => (await store()).remove(...asked),
    async *read(...asked) {
      yield* (await store()).read(...asked);
    },
    async *list(...asked) {
      yield* (await store()).list(...asked);
    },
  };
}

/** The durable store that a policy names. Throws as `policyStore` rejects; nothing is contacted. */
export function openPolicyStore(
  { policy, path, position }: Pick<Awaited<ReturnType<typeof loadPolicy>>, "policy" | "path" | "position">,
  { allowed, ...patience }: PolicyStoreOptions,
): ArtifactStore {
  const choice = policy.artifacts?.store;
  const at = { file: path, ...position(["artifacts", "store"]) };
  const address = parseStore(choice, at);
  // What outlives no job is refused as such, whose folder it may be.
  const trusted = allowed && !isOfEachClone(address.uri) ? allowedRoot(address, allowed, at) : undefined;
  return openDurableStore(choice, at, { ...patience, trusted });
}
