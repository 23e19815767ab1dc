import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { openDurableStore } from "../../core/pipeline/store/durable.ts";
import type { ArtifactStore } from "../../core/pipeline/store/store.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";

/**
 * The artifact store that the policy names at the tip of the default branch, as it is when something is read or kept:
 * a repository whose policy is broken has a host nevertheless, that can say so. Rejects with ARTIFACT_NOT_DURABLE,
 * SPEC_INVALID or UNSUPPORTED then, and as the store does.
 */
export function policyStore(objects: GitObjects, tip: string): ArtifactStore {
  let last: { commit: string; store: ArtifactStore } | undefined;

  async function store(): Promise<ArtifactStore> {
    const commit = (await objects.read(`${tip}^{commit}`))?.id;
    if (commit === undefined) throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet");
    if (last?.commit !== commit) {
      const { policy, path, position, problems } = await loadPolicy(await openCommit(objects, commit), METRIC_RULES);
      refuseProblems(problems);
      const at = { file: path, ...position(["artifacts", "store"]) };
      last = { commit, store: openDurableStore(policy.artifacts?.store, at) };
    }
    return last.store;
  }

  return {
    putFolder: async (folder) => (await store()).putFolder(folder),
    putFile: async (file) => (await store()).putFile(file),
    getFolder: async (artifact, target) => (await store()).getFolder(artifact, target),
    getFile: async (file, target) => (await store()).getFile(file, target),
    verify: async (object) => (await store()).verify(object),
  };
}
