import { lstat, mkdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { SlipwayError } from "../../errors.ts";

/**
 * A folder below one that is trusted, itself or made here; undefined if there is none and `make` does not say so.
 * Rejects with SYMLINK_REFUSED if a link stands on the way, which would lead a store's bytes anywhere, and with
 * STORE_FAILED where something else stands where a folder has to be made.
 */
export async function folderBelow(trusted: string, folder: string, make: boolean): Promise<string | undefined> {
  if (make) await mkdir(trusted, { recursive: true });
  let at = trusted;
  for (const part of relative(trusted, folder).split(sep)) {
    at = join(at, part);
    let about = await look(at);
    if (about === undefined) {
      if (!make) return undefined;
      await mkdir(at).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
      about = await look(at);
    }
    if (about?.isSymbolicLink())
      throw new SlipwayError("SYMLINK_REFUSED", `A symbolic link stands in the artifact store: ${at}`, {
        expected: "folders of the store's own",
        found: "a symbolic link",
        hint: "Put a folder in its place, with what it pointed to.",
      });
    if (!make && !about?.isDirectory()) return undefined;
    if (!about?.isDirectory())
      throw new SlipwayError("STORE_FAILED", `The artifact store cannot use ${at}`, {
        expected: "a folder",
        found: "something else in its place",
      });
  }
  return folder;
}

async function look(path: string) {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
}
