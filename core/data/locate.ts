import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../errors.ts";

/** A file that holds rows. */
export interface Located {
  /** How records name it: relative to the repository's root, or the URI. */
  path: string;
  /** What its format is read from: the path, or the path of the URI. */
  name: string;
  /** Where its bytes are. */
  file: string;
  /** Outside the repository. */
  remote: boolean;
  version?: string | undefined;
}

/** A data file of the repository. Rejects with DATA_MISSING, or as regularFile does. */
export async function locate(root: string, path: string): Promise<Located> {
  const file = await regularFile(root, path);
  if (file) return { path, name: path, file, remote: false };
  throw new SlipwayError("DATA_MISSING", `There is no data file ${path}.`, { expected: "a regular file", file: path });
}

/** A regular file's path on disk, or undefined if there is none. Rejects with SYMLINK_REFUSED if a link is on the way. */
export async function regularFile(root: string, path: string): Promise<string | undefined> {
  let current = root;
  const parts = path.split("/");
  for (const [index, part] of parts.entries()) {
    current = join(current, part);
    const stat = await lstat(current).catch(() => undefined);
    if (!stat) return undefined;
    if (stat.isSymbolicLink())
      throw new SlipwayError("SYMLINK_REFUSED", `${path} goes through a symbolic link.`, {
        file: path,
        expected: "regular files and folders",
        hint: "Put the file itself there.",
      });
    if (index === parts.length - 1) return stat.isFile() ? current : undefined;
    if (!stat.isDirectory()) return undefined;
  }
  return undefined;
}
