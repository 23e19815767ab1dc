import type { CommitId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { SlipwayError } from "../errors.ts";
import { fetchDefaultBranch } from "../git/default-branch.ts";
import type { GitObjects } from "../git/objects.ts";
import { openCommit } from "../source/commit.ts";

/**
 * Whom the policy names to sign tags, at the tip of the default branch as it is here when it is asked for: whoever decides
 * something has just brought it here. None before there is a commit. Rejects with SPEC_INVALID where the policy cannot be
 * read, and as `fetchDefaultBranch` does.
 */
export function signersOf({
  objects,
  remote,
}: {
  objects: GitObjects;
  remote: string | undefined;
}): () => Promise<readonly Signer[]> {
  const { repository } = objects;
  const here = remote === undefined ? ownBranches(repository.bare) : [`refs/remotes/${remote}/HEAD`];
  let last: { commit: CommitId; signers: readonly Signer[] } | undefined;

  async function tip(): Promise<CommitId | undefined> {
    const found = await objects.readMany(here.map((branch) => `${branch}^{commit}`));
    const commit = found.find((each) => each !== undefined)?.id;
    if (commit !== undefined || remote === undefined) return commit;
    return (await fetchDefaultBranch(repository, remote)).commit;
  }

  return async () => {
    const commit = await tip();
    if (commit === undefined) return [];
    if (last?.commit !== commit) {
      // Whoever lists or shows what is registered reads YAML for this alone: it is loaded when it is needed.
      const [{ loadPolicy }, { METRIC_RULES, refuseProblems }] = await Promise.all([
        import("../spec/project.ts"),
        import("./project.ts"),
      ]);
      const { policy, problems } = await loadPolicy(await openCommit(objects, commit), METRIC_RULES);
      refuseProblems(problems);
      last = { commit, signers: policy.signers ?? [] };
    }
    return last.signers;
  };
}

/** The same, after the default branch was brought here; none where it has no commit yet. */
export async function currentSigners(ports: Parameters<typeof signersOf>[0]): Promise<readonly Signer[]> {
  const { objects, remote } = ports;
  try {
    if (remote !== undefined) await fetchDefaultBranch(objects.repository, remote);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return [];
    throw error;
  }
  return signersOf(ports)();
}

/** As `defaultBranch` has them. */
function ownBranches(bare: boolean): string[] {
  return bare ? ["HEAD"] : ["refs/heads/main", "refs/heads/master"];
}
