import type { CommitId, Person } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";

/** The branch of what pull requests' runs reported: advisory, and the charts that comments show. */
export const EXPERIMENTS_REF = "refs/heads/experiments";

export interface Experiments {
  /** Brings the branch here, where it is on a remote. Nothing else of this reads a remote. */
  refresh(): Promise<void>;
  /** A file's bytes, as last refreshed, fetched or written; undefined where there is none. Rejects with FILE_TOO_LARGE. */
  read(path: string, maxBytes?: number): Promise<Buffer | undefined>;
  /** The names in a folder; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Writes files (path → text), over those that are there, in one commit, whoever else writes meanwhile. */
  write(change: {
    files: Readonly<Record<string, string>>;
    subject: string;
    author: Person;
    at: Date;
  }): Promise<CommitId>;
}

/** The experiments of a repository: its own branch, or with `remote` that remote's. */
export function openExperiments(_objects: GitObjects, _remote: string | undefined): Experiments {
  throw new Error("not there yet");
}
