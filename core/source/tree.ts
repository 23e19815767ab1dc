import type { Sha256 } from "../../schemas/names.ts";

export interface TreeEntry {
  /** Relative to the repository's root, with `/`. */
  path: string;
  kind: "file" | "executable" | "symlink" | "submodule";
  /** Bytes; absent where finding out would cost a read. */
  size?: number;
  /** The Git blob; absent for a work tree's files. */
  blob?: string;
}

/**
 * The files of a repository as they stand in a work tree or in a commit. Both read the same way,
 * and neither follows a symbolic link or leaves the repository.
 */
export interface SourceTree {
  /** The commit, or undefined for a work tree. */
  readonly commit: string | undefined;
  /** Files whose path is `prefix` or below it, sorted by path (bytewise); ignored and `.git` files left out. */
  list(prefix?: string): Promise<TreeEntry[]>;
  /** The file's bytes, or undefined where there is none. Rejects with FILE_TOO_LARGE over `maxBytes`, SYMLINK_REFUSED for a link. */
  read(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** Many files at once, in the order asked: one round trip to Git. */
  readMany(paths: readonly string[], maxBytes: number): Promise<(Buffer | undefined)[]>;
  /** SHA-256 of a file's content, whatever its size; undefined where there is none. */
  digest(path: string): Promise<Sha256 | undefined>;
  /** Writes the files to `folder` (created), keeping paths and executable bits. Symbolic links that stay inside `folder` are kept. */
  export(paths: readonly string[], folder: string): Promise<void>;
}
