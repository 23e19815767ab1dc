import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import { SlipwayError } from "../errors.ts";
import { defaultBranch, fetchDefaultBranch } from "../git/default-branch.ts";
import { looseRef } from "../git/loose-ref.ts";
import type { GitObjects } from "../git/objects.ts";
import { openCommit } from "../source/commit.ts";

/** The policy, and the commit of the default branch that has it. */
export interface PolicyHere {
  commit: CommitId;
  policy: Policy;
}

/**
 * The policy at the tip of the default branch as it is here when it is asked for, the same value for as long as the tip is.
 * Undefined before there is a commit. Rejects with SPEC_INVALID where it cannot be read, and as `fetchDefaultBranch` does.
 */
export function policyHere({
  objects,
  remote,
}: {
  objects: GitObjects;
  remote: string | undefined;
}): () => Promise<PolicyHere | undefined> {
  const { repository } = objects;
  /** Which ref it is, asked once: whoever serves asks this with each request, and waits for no process. */
  let here: string | undefined = remote === undefined ? undefined : `refs/remotes/${remote}/HEAD`;
  let last: PolicyHere | undefined;

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
    if (commit === undefined) return undefined;
    if (last?.commit !== commit) {
      // Whoever lists or shows what is registered reads YAML for this alone: it is loaded when it is needed.
      const [{ loadPolicy }, { METRIC_RULES, refuseProblems }] = await Promise.all([
        import("../spec/project.ts"),
        import("./project.ts"),
      ]);
      const { policy, problems } = await loadPolicy(await openCommit(objects, commit), METRIC_RULES);
      refuseProblems(problems);
      last = { commit, policy };
    }
    return last;
  };
}

/** For `catch`: where no commit is there yet, there is nothing to read. */
export function noneYet(error: unknown): undefined {
  if (!(error instanceof SlipwayError && error.code === "NO_COMMIT")) throw error;
}
