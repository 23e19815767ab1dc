import { setTimeout as sleep } from "node:timers/promises";
import type { CommitId, Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { refuseBranchesBelow } from "../git/branches-below.ts";
import { composeCommit } from "../git/compose-commit.ts";
import { oneLine } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import { updateRefs } from "../git/ref-transaction.ts";
import { fetchBranch, pushRefs, remoteFailed, trackingRef } from "../git/remote.ts";
import { runGit } from "../git/run.ts";
import { writeObjects } from "../git/write.ts";

/** The branch of what pull requests' runs reported: advisory, and the charts that comments show. */
export const EXPERIMENTS_REF = "refs/heads/experiments";

export interface Experiments {
  /** Brings the branch here, where it is on a remote. Rejects with REMOTE_FAILED. Reading asks no remote. */
  refresh(): Promise<void>;
  /** A file's bytes, as last refreshed, fetched or written; undefined where there is none. Rejects with FILE_TOO_LARGE. */
  read(path: string, maxBytes?: number): Promise<Buffer | undefined>;
  /** The names in a folder; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /**
   * Writes files (path → text), over those that are there, in one commit, whoever else writes meanwhile; resolves to
   * the newest commit, which is the last one where nothing changes. Rejects with REMOTE_FAILED or REGISTRY_MOVED.
   */
  write(change: ExperimentsChange): Promise<CommitId>;
}

export interface ExperimentsChange {
  files: Readonly<Record<string, string>>;
  subject: string;
  author: Person;
  at: Date;
}

const ATTEMPTS = 20;

/** The experiments of a repository: its own branch, or with `remote` that remote's, as it is tracked here. */
export function openExperiments(objects: GitObjects, remote: string | undefined): Experiments {
  const { repository } = objects;
  const ref = remote === undefined ? EXPERIMENTS_REF : trackingRef(remote, EXPERIMENTS_REF);
  const tip = async () => (await objects.read(`${ref}^{commit}`))?.id;
  const refresh = async () => {
    if (remote === undefined || (await fetchBranch(repository, remote, EXPERIMENTS_REF)) !== undefined) return;
    // Gone there: what was fetched once would refuse every lease.
    await runGit(repository.folder, ["update-ref", "-d", ref]);
  };

  /** Resolves with undefined where the branch now points at `commit`, or with Git's words. */
  async function move(commit: CommitId, parent: CommitId | undefined): Promise<string | undefined> {
    if (remote === undefined) return updateRefs(repository, [{ ref, to: commit, from: parent }]);
    const refused = await pushRefs(repository, remote, [{ ref: EXPERIMENTS_REF, to: commit, from: parent }]);
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
    refresh,
    async read(path, maxBytes) {
      const object = await objects.read(`${ref}:${path}`, maxBytes);
      return object?.type === "blob" ? object.content : undefined;
    },
    async list(folder) {
      return ((await objects.tree(`${ref}:${folder}`)) ?? []).map(({ name }) => name);
    },
    async write({ files, subject, author, at }) {
      for (let attempt = 1; ; attempt += 1) {
        const parent = await tip();
        const composed = await composeCommit(objects, {
          parent,
          files: Object.entries(files).map(([path, content]) => ({ path, content })),
          author,
          at: timestamp(at),
          message: oneLine(subject),
        });
        if (parent !== undefined && !composed.changes) {
          await refresh();
          if ((await tip()) === parent) return parent;
          continue;
        }
        await writeObjects(repository.objectFolder, composed.objects);
        const words = await move(composed.commit, parent);
        if (words === undefined) return composed.commit;
        if (parent === undefined) await refuseBranchesBelow(repository, remote, EXPERIMENTS_REF);
        const lostRace = (await tip()) !== parent || words.includes("cannot lock ref");
        if (remote !== undefined && !lostRace) throw remoteFailed(remote, words);
        if (attempt === ATTEMPTS) {
          throw new SlipwayError("REGISTRY_MOVED", "The branch experiments moved on each time it was written.", {
            found: words,
          });
        }
        await sleep(Math.random() * Math.min(1000, 10 * 2 ** attempt));
      }
    },
  };
}
