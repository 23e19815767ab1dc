import type { CommitId, Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { composeCommit } from "../git/compose-commit.ts";
import { oneLine } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import { openSharedBranch } from "../git/shared-branch.ts";
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
  /** What is in a folder, with Git's ids: equal ids are equal bytes. */
  entries(folder: string): Promise<{ name: string; id: string }[]>;
  /** Files by Git's ids, in the order asked, in one round trip. Rejects with FILE_TOO_LARGE. */
  readMany(ids: readonly string[], maxBytes: number): Promise<(Buffer | undefined)[]>;
  /**
   * Writes files (path → text), over those that are there, in one commit, whoever else writes meanwhile; resolves to
   * the newest commit, which is the last one where nothing changes. Rejects with REMOTE_FAILED or REGISTRY_MOVED.
   */
  write(change: ExperimentsChange): Promise<CommitId>;
}

export interface ExperimentsChange {
  files: Readonly<Record<string, string>>;
  /** Paths that are to be gone. */
  removed?: readonly string[];
  subject: string;
  author: Person;
  at: Date;
}

/** The experiments of a repository: its own branch, or with `remote` that remote's, as it is tracked here. */
export function openExperiments(objects: GitObjects, remote: string | undefined): Experiments {
  const { repository } = objects;
  const branch = openSharedBranch(objects, remote, EXPERIMENTS_REF);
  return {
    refresh: branch.refresh,
    async read(path, maxBytes) {
      const object = await objects.read(`${branch.ref}:${path}`, maxBytes);
      return object?.type === "blob" ? object.content : undefined;
    },
    async list(folder) {
      return ((await objects.tree(`${branch.ref}:${folder}`)) ?? []).map(({ name }) => name);
    },
    async entries(folder) {
      return ((await objects.tree(`${branch.ref}:${folder}`)) ?? []).map(({ name, id }) => ({ name, id }));
    },
    async readMany(ids, maxBytes) {
      const found = ids.length === 0 ? [] : await objects.readMany(ids, maxBytes);
      return found.map((object) => (object?.type === "blob" ? object.content : undefined));
    },
    async write({ files, removed = [], subject, author, at }) {
      const newest = await branch.advance(async (parent) => {
        const composed = await composeCommit(objects, {
          parent,
          files: Object.entries(files).map(([path, content]) => ({ path, content })),
          removed,
          author,
          at: timestamp(at),
          message: oneLine(subject),
        });
        if (parent !== undefined && !composed.changes) return undefined;
        await writeObjects(repository.objectFolder, composed.objects);
        return composed.commit;
      });
      return newest as CommitId;
    },
  };
}
