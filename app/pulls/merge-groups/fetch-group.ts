import { fetchRefs, remoteFailed } from "../../../core/git/remote.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { EventContext } from "../../github/event-context.ts";
import { repositoryCache } from "../../repositories/repository-cache.ts";

/** By the merge group's head: where the group starts, as GitHub said when it asked for the checks. */
export const groupBases = repositoryCache<CommitId, CommitId>();

/** GitHub makes a branch for each group, and removes it when the group is merged or given up. */
const GROUP = /^gh-readonly-queue\/[\w./-]+$/;

/** Brings a merge group's commits here; false if the group is gone. Rejects with REMOTE_FAILED. */
export async function fetchGroup(
  { ports }: Pick<EventContext, "ports">,
  branch: string,
  head: CommitId,
): Promise<boolean> {
  const { remote, workspace, objects } = ports;
  if (remote !== undefined && GROUP.test(branch) && !branch.includes("..")) {
    const words = await fetchRefs(workspace, remote, [`+refs/heads/${branch}:refs/slipway/merge-groups/${head}`]);
    if (words !== undefined && !/couldn't find remote ref/.test(words)) throw remoteFailed(remote, words);
  }
  return (await objects.read(`${head}^{commit}`)) !== undefined;
}
