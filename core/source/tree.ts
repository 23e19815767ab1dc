import type { BlobId } from "../../schemas/names.ts";

export interface TreeEntry {
  /** Relative to the repository's root, with `/`. */
  path: string;
  kind: "file" | "executable" | "symlink" | "submodule";
}

/**
 * The files of a repository as they stand in a work tree or in a commit. Both read the same way,
 * and neither follows a symbolic link or leaves the repository.
 */
export interface SourceTree {
  /** The commit, or undefined for a work tree. */
  readonly commit: string | undefined;
  /** Files whose path is `prefix` or below it, sorted by path (UTF-16 code units); ignored and `.git` files left out. */
  list(prefix?: string): Promise<TreeEntry[]>;
  /** Names of the folders right below `folder` (default the root), sorted; of a work tree, those that hold a file of Git's. */
  folders(folder?: string): Promise<string[]>;
  /**
   * The file's bytes, or undefined if there is none. Rejects with FILE_TOO_LARGE over `maxBytes`,
   * SYMLINK_REFUSED for a link or below one, PATH_OUTSIDE for a path that is not plainly inside the repository.
   */
  read(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** Many files at once, in the order asked: one round trip to Git. Rejects as `read` does for the first that is refused. */
  readMany(paths: readonly string[], maxBytes: number): Promise<(Buffer | undefined)[]>;
  /** The folder in which these files lie on disk byte for byte as they are read here; undefined if there is none. */
  place(paths: readonly string[]): Promise<string | undefined>;
  /** Whether a listed file's content is here; absent if all of them are. */
  holds?(path: string): boolean;
  /**
   * The Git blob ids of files (of a link: of its target's text; of a submodule: its commit), in the order asked,
   * whatever their size; undefined if there is none. Equal ids are equal bytes, in a work tree and in a commit alike.
   */
  blobs(paths: readonly string[]): Promise<(BlobId | undefined)[]>;
  /**
   * Writes the files to `folder` (created), keeping paths and executable bits; nothing there is overwritten.
   * What Git LFS keeps is written as its content: rejects with DATA_MISSING where that is not to be had.
   * Symbolic links are kept where they are relative and stay inside; others reject with SYMLINK_REFUSED.
   */
  export(paths: readonly string[], folder: string): Promise<void>;
}
