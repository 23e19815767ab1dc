import type { CommitId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { SlipwayError } from "../errors.ts";
import { defaultBranch, fetchDefaultBranch } from "../git/default-branch.ts";
import { looseRef } from "../git/loose-ref.ts";
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
  /** Which ref it is, asked once: whoever serves asks this with each request, and waits for no process. */
  let here: string | undefined = remote === undefined ? undefined : `refs/remotes/${remote}/HEAD`;
  let last: { commit: CommitId; signers: readonly Signer[] } | undefined;

  async function tip(): Promise<CommitId | undefined> {
    const loose = here === undefined ? undefined : looseRef(repository, here);
    const commit = loose ?? (here === undefined ? undefined : (await objects.read(`${here}^{commit}`))?.id);
    if (commit !== undefined) return commit;
    if (remote !== undefined) return (await fetchDefaultBranch(repository, remote)).commit;
    const found = await defaultBranch(repository).catch(noneYet);
    here = found && `refs/heads/${found.name}`;
    return found?.commit;
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
  if (remote !== undefined && (await fetchDefaultBranch(objects.repository, remote).catch(noneYet)) === undefined)
    return [];
  return signersOf(ports)();
}

function noneYet(error: unknown): undefined {
  if (!(error instanceof SlipwayError && error.code === "NO_COMMIT")) throw error;
}
