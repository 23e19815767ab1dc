import { setTimeout as sleep } from "node:timers/promises";
import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { refuseBranchesBelow } from "./branches-below.ts";
import type { GitObjects } from "./objects.ts";
import { updateRefs } from "./ref-transaction.ts";
import { fetchBranch, pushRefs, remoteFailed, trackingRef } from "./remote.ts";
import { runGit } from "./run.ts";

/** A branch that many write, each on top of what is there: the repository's own, or a remote's as it is tracked here. */
export interface SharedBranch {
  /** Where it is kept here. */
  readonly ref: string;
  /** The newest commit, as last refreshed, fetched or written. */
  tip(): Promise<CommitId | undefined>;
  /** Brings the branch here, where it is on a remote. Rejects with REMOTE_FAILED. */
  refresh(): Promise<void>;
  /**
   * Moves the branch to a commit, from its tip alone; `compose` is asked again where another writer was first, and resolves
   * to undefined where there is nothing to write. Resolves to the newest commit. Rejects with REMOTE_FAILED, REGISTRY_MOVED,
   * or NAME_TAKEN where there are branches below its name.
   */
  advance(compose: (tip: CommitId | undefined) => Promise<CommitId | undefined>): Promise<CommitId | undefined>;
}

const ATTEMPTS = 20;

/** The branch `branch` (`refs/heads/…`) of a repository: its own, or with `remote` that remote's. */
export function openSharedBranch(objects: GitObjects, remote: string | undefined, branch: string): SharedBranch {
  const { repository } = objects;
  const ref = remote === undefined ? branch : trackingRef(remote, branch);
  const tip = async () => (await objects.read(`${ref}^{commit}`))?.id;
  const refresh = async () => {
    if (remote === undefined || (await fetchBranch(repository, remote, branch)) !== undefined) return;
    // Gone there: what was fetched once would refuse every lease.
    await runGit(repository.folder, ["update-ref", "-d", ref]);
  };

  /** Resolves with undefined where the branch now points at `commit`, or with Git's words. */
  async function move(commit: CommitId, parent: CommitId | undefined): Promise<string | undefined> {
    if (remote === undefined) return updateRefs(repository, [{ ref, to: commit, from: parent }]);
    const refused = await pushRefs(repository, remote, [{ ref: branch, to: commit, from: parent }]);
    if (refused === undefined) {
      // A mirror may have no refspec by which Git would do this.
      await runGit(repository.folder, ["update-ref", ref, commit]);
      return undefined;
    }
    await refresh();
    // Where a connection broke after the push, what is there is this commit.
    return (await tip()) === commit ? undefined : refused.words;
  }

  return {
    ref,
    tip,
    refresh,
    async advance(compose) {
      for (let attempt = 1; ; attempt += 1) {
        const parent = await tip();
        const commit = await compose(parent);
        if (commit === undefined) {
          await refresh();
          if ((await tip()) === parent) return parent;
          continue;
        }
        const words = await move(commit, parent);
        if (words === undefined) return commit;
        if (parent === undefined) await refuseBranchesBelow(repository, remote, branch);
        const lostRace = (await tip()) !== parent || words.includes("cannot lock ref");
        if (remote !== undefined && !lostRace) throw remoteFailed(remote, words);
        if (attempt === ATTEMPTS) {
          const name = branch.replace("refs/heads/", "");
          throw new SlipwayError("REGISTRY_MOVED", `The branch ${name} moved on each time it was written.`, {
            found: words,
            hint: `Try again. If nobody else writes it, a Git that was killed left a lock: remove refs/heads/${name}.lock in the repository that refuses.`,
          });
        }
        await sleep(Math.random() * Math.min(1000, 10 * 2 ** attempt));
      }
    },
  };
}
