import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../errors.ts";
import { isSafePath } from "./artifact.ts";

const FOLDER_FILES = 100_000;
const FOLDER_BYTES = 64 * 1024 ** 3;
/** Bytes of a file that it says and does not hold: they cost nothing there, and all of them in a store. */
const HOLES = 4 * 1024 ** 3;
const BLOCK = 512;

/** The most that a folder may hold: files, and bytes in all. */
interface FolderLimits {
  files: number;
  bytes: number;
}

/**
 * A folder's regular files, sorted by path bytewise; empty folders are not kept. Rejects with SYMLINK_REFUSED,
 * UNSUPPORTED (a pipe, a socket, a device, a name that is not plain UTF-8) or OUTPUT_TOO_LARGE.
 */
export async function listFolder(
  folder: string,
  limits: FolderLimits = { files: FOLDER_FILES, bytes: FOLDER_BYTES },
): Promise<{ path: string; size: number }[]> {
  if (!(await lstat(folder)).isDirectory()) throw refuse("UNSUPPORTED", ".", "a folder", "something else in its place");
  const files: { path: string; size: number }[] = [];
  let bytes = 0;
  const pending = [""];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const raw of await readdir(join(folder, at), { encoding: "buffer" })) {
      const name = raw.toString("utf8");
      const path = at === "" ? name : `${at}/${name}`;
      if (!Buffer.from(name).equals(raw) || !isSafePath(path)) {
        throw refuse("UNSUPPORTED", path, "a file name that every system can write", "another name");
      }
      const about = await lstat(join(folder, path));
      if (about.isSymbolicLink()) {
        throw refuse("SYMLINK_REFUSED", path, "regular files", "a symbolic link", "Copy what it points to.");
      }
      if (about.isDirectory()) pending.push(path);
      else if (!about.isFile()) throw refuse("UNSUPPORTED", path, "regular files", "a pipe, a socket or a device");
      else {
        if (about.size - about.blocks * BLOCK > HOLES)
          throw refuse("OUTPUT_TOO_LARGE", path, `at most ${HOLES} bytes that a file does not hold`, "a sparse file");
        files.push({ path, size: about.size });
        bytes += about.size;
      }
      if (files.length + pending.length > limits.files) {
        throw refuse("OUTPUT_TOO_LARGE", path, `at most ${limits.files} files and folders`, "more");
      }
      if (bytes > limits.bytes) throw refuse("OUTPUT_TOO_LARGE", path, `at most ${limits.bytes} bytes`, "more");
    }
  }
  return files.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function refuse(
  code: "SYMLINK_REFUSED" | "UNSUPPORTED" | "OUTPUT_TOO_LARGE",
  path: string,
  expected: string,
  found: string,
  hint?: string,
): SlipwayError {
  return new SlipwayError(code, `The folder cannot be stored because of ${JSON.stringify(path)}`, {
    expected,
    found,
    hint,
  });
}
