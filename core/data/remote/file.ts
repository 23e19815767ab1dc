import { constants, createReadStream } from "node:fs";
import { lstat, open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../errors.ts";
import { type DataUri, isSoundPath } from "../../spec/data-uri.ts";
import { missing } from "./failures.ts";
import type { OpenedFile, OpenOptions, RemoteFile, RemotePlace } from "./place.ts";

/** This machine's own files. Nothing tells their versions but their bytes. */
export const filePlace: RemotePlace = {
  versions: false,
  list: (start) => below(start.slice(0, start.lastIndexOf("/") + 1)),
  async look(uri: DataUri) {
    const about = await lstat(uri.path).catch(() => undefined);
    if (!about?.isFile()) throw missing(uri, about?.isSymbolicLink() ? "a symbolic link" : undefined);
    return { path: uri.path, size: about.size };
  },
  async open(uri: DataUri, { start, signal }: OpenOptions): Promise<OpenedFile> {
    const file = await open(uri.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
      throw missing(uri);
    });
    const about = await file.stat();
    if (about.isFile()) return { body: createReadStream("", { fd: file, start, signal }), start, size: about.size };
    await file.close();
    throw missing(uri, "something else");
  },
};

/** Regular files and links below a folder, in any order. Folders that are links are not entered: two could lead in a circle. */
async function* below(folder: string): AsyncIterable<RemoteFile> {
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const entries = await opendir(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
      throw new SlipwayError("REMOTE_FAILED", `The folder ${at} could not be read.`, { found: error.code ?? "" });
    });
    for await (const entry of entries) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) {
        if (isSoundPath(path)) pending.push(path);
      } else if (entry.isFile() || entry.isSymbolicLink()) yield { path };
    }
  }
}
