import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, link, lstat, lutimes, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { artifactStore } from "../artifact-store.ts";
import type { Blob, BlobSource, Blobs, Range, Removal, Stored } from "../blobs.ts";
import { Patience } from "../patience.ts";
import { bytesSource, chunksOf, letGo, opened, openRegular, writePieces } from "../source.ts";
import type { ArtifactStore, StoreOptions } from "../store.ts";
import { corruptObject, missingObject, unreachable } from "./failures.ts";
import type { Reach } from "./reach.ts";
import { folderBelow } from "./safe-folder.ts";

const DAY = 24 * 60 * 60 * 1_000;
/** Written bytes between two syncs: one sync of all of them could take longer than anybody waits for a single call. */
const SYNCED = 64 * 1024 * 1024;
const TIDIED_WITHIN = 2_000;
const MOST_LIST = 64 * 1024 * 1024;
const REMOVING = "removing-";
const DIGEST = /^[0-9a-f]{64}$/;

interface FolderStoreAbout extends StoreOptions {
  /** Below this folder no symbolic link is followed. Default: the store's own folder. */
  trusted?: string | undefined;
  reach?: Reach | undefined;
  /** Nothing in it has to outlive the machine's next fall: bytes are not synced to the disk. */
  scratch?: boolean | undefined;
}

/** A store in a folder. `uriBase` starts every URI: `file:…`. */
export function openFolderStore(root: string, uriBase: string, about: FolderStoreAbout = {}): ArtifactStore {
  return artifactStore(folderBlobs(root, uriBase, about), about);
}

/**
 * `sha256/ab/<digest>`: one read-only file per content, a folder's list among them. Bytes are written to a temporary name,
 * synced and renamed, so a killed writer leaves a temporary file at most (swept after a day), and writers side by side do not
 * disturb each other. Nothing but regular files is opened, through no link, and without waiting for a pipe's writer.
 */
function folderBlobs(
  root: string,
  uriBase: string,
  { trusted = root, reach = "own", scratch = false }: FolderStoreAbout,
): Blobs {
  const place = (digest: string) => join(root, "sha256", digest.slice(0, 2), digest);
  const uri = (digest: string) => `${uriBase}/sha256/${digest.slice(0, 2)}/${digest}`;

  /** A folder of the store's own, made if it is missing; undefined if it is missing and `make` does not say so. */
  const below = (patience: Patience, folder: string, make: boolean) =>
    patience.call(() => folderBelow(trusted, folder, make));

  /** Copies bytes under their digest. */
  async function put(source: BlobSource, patience: Patience): Promise<Blob> {
    if (trusted !== root && !(await patience.call(() => isFolder(trusted)))) throw unreachable(trusted, reach);
    const temporary = join(root, "tmp", randomUUID());
    await below(patience, dirname(temporary), true);
    try {
      const blob = await write(source, temporary, patience);
      if (await isInPlace(blob, patience)) return blob;
      const target = place(blob.sha256);
      await below(patience, dirname(target), true);
      await patience.call(() => rename(temporary, target));
      const folders = scratch ? [] : [dirname(target), join(root, "sha256")];
      for (const folder of folders) await patience.call(() => syncFolder(folder));
      return blob;
    } finally {
      await briefly(rm(temporary, { force: true }));
    }
  }

  async function write(source: BlobSource, path: string, patience: Patience): Promise<Blob> {
    const hash = createHash("sha256");
    let size = 0;
    async function* hashed(): AsyncGenerator<Buffer> {
      for await (const chunk of source.open()) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    }
    const file = await opened(patience, () => open(path, "wx", 0o444));
    try {
      let unsynced = 0;
      await writePieces(patience, file, hashed(), async (bytes) => {
        unsynced += bytes;
        if (scratch || unsynced < SYNCED) return;
        await patience.call(() => file.datasync());
        unsynced = 0;
      });
      if (!scratch) await patience.call(() => file.sync());
    } finally {
      letGo(file.close());
    }
    return { sha256: hash.digest("hex"), size };
  }

  /**
   * Whether an equal object stands there whole, and is as good as new. The time is set first: `remove` looks at it after it
   * took the object away, so that either sees the other.
   */
  async function isInPlace({ sha256, size }: Blob, patience: Patience): Promise<boolean> {
    if ((await below(patience, dirname(place(sha256)), false)) === undefined) return false;
    if (!(await patience.call(() => isTouched(place(sha256))))) return false;
    const file = await object(sha256, patience);
    if (file === undefined) return false;
    const hash = createHash("sha256");
    try {
      if ((await patience.call(() => file.stat())).size !== size) return false;
      for await (const chunk of chunksOf(patience, file)) hash.update(chunk);
    } finally {
      letGo(file.close());
    }
    return hash.digest("hex") === sha256 && (await patience.call(() => sizeOf(place(sha256)))) === size;
  }

  /** An object to be read; undefined if there is none. */
  async function object(digest: string, patience: Patience): Promise<FileHandle | undefined> {
    if ((await below(patience, dirname(place(digest)), false)) === undefined) return undefined;
    return opened(patience, () => openRegular(place(digest)));
  }

  async function* bytes(file: FileHandle, range: Range, patience: Patience) {
    try {
      yield* chunksOf(patience, file, range);
    } finally {
      letGo(file.close());
    }
  }

  /** Takes temporary files away that nobody writes any more, and brings back what a removal had taken when it was killed. */
  async function sweep(patience: Patience): Promise<void> {
    const folder = await below(patience, join(root, "tmp"), false);
    for (const name of folder === undefined ? [] : await patience.call(() => readdir(folder).catch(() => []))) {
      const path = join(root, "tmp", name);
      const about = await patience.call(() => stat(path).catch(() => undefined));
      if (about === undefined || Date.now() - about.mtimeMs <= DAY) continue;
      if (name.startsWith(REMOVING)) await patience.call(() => restore(path, place(name.slice(REMOVING.length))));
      else await patience.call(() => rm(path, { force: true }));
    }
  }

  return {
    atOnce: 1,
    patience: (waiting) => new Patience(trusted, waiting),
    put,

    async open(sha256, range, patience) {
      const file = await object(sha256, patience);
      return file && bytes(file, range, patience);
    },

    async size(sha256, patience) {
      if ((await below(patience, dirname(place(sha256)), false)) === undefined) return undefined;
      return patience.call(() => sizeOf(place(sha256)));
    },

    async keep(kept, patience) {
      if ("file" in kept) return { uri: uri(kept.file.sha256) };
      await sweep(patience);
      return { uri: uri((await put(bytesSource(kept.list), patience)).sha256) };
    },

    async list(sha256, patience) {
      const file = await object(sha256, patience);
      if (file === undefined) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of bytes(file, { end: MOST_LIST }, patience)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },

    async *stored(patience): AsyncGenerator<Stored> {
      await sweep(patience);
      const top = await below(patience, join(root, "sha256"), false);
      for (const part of top === undefined ? [] : await patience.call(() => readdir(top))) {
        const folder = await below(patience, join(root, "sha256", part), false);
        for (const name of folder === undefined ? [] : await patience.call(() => readdir(folder))) {
          const about = await patience.call(() => lstat(place(name)).catch(() => undefined));
          if (!DIGEST.test(name) || !about?.isFile()) continue;
          yield { name, is: [name], holds: [], size: about.size, put: about.mtime };
        }
      }
    },

    async remove({ name }, before, patience): Promise<Removal> {
      const temporary = await below(patience, join(root, "tmp"), true);
      const there = DIGEST.test(name) ? await below(patience, dirname(place(name)), false) : undefined;
      if (there === undefined || temporary === undefined) return { outcome: "removed" };
      const taken = join(temporary, `${REMOVING}${name}`);
      const isTaken = await patience.call(() => wasThere(rename(place(name), taken)));
      if (!isTaken) return { outcome: "removed" };
      if ((await patience.call(() => stat(taken))).mtime >= before) {
        await patience.call(() => restore(taken, place(name)));
        return { outcome: "young" };
      }
      await patience.call(() => rm(taken, { force: true }));
      return { outcome: "removed" };
    },

    async elsewhere(patience) {
      if (reach === "shared" && !(await patience.call(() => isFolder(trusted)))) return unreachable(trusted, reach);
      return reach === "each" ? unreachable(root, reach) : undefined;
    },

    missing: (sha256) => missingObject(sha256, root, reach),
    corrupt: (sha256) => corruptObject(sha256, root),
  };
}

/** Puts an object back, unless an equal one was put in its place. */
async function restore(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // A file system without hard links takes the object back by its name.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return rename(from, to);
  }
  await rm(from, { force: true });
}

/** Whether the object stands there, and says from now on that it was put now. One of somebody else's cannot, and is put again. */
async function isTouched(path: string): Promise<boolean> {
  const now = new Date();
  return lutimes(path, now, now).then(
    () => true,
    () => false,
  );
}

function wasThere(act: Promise<void>): Promise<boolean> {
  return act.then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

/** Tidying up is waited for as long as a place that answers takes. */
async function briefly(tidied: Promise<unknown>): Promise<void> {
  letGo(tidied);
  const timer = new AbortController();
  await Promise.race([tidied, sleep(TIDIED_WITHIN, undefined, { signal: timer.signal, ref: false })])
    .catch(() => {})
    .finally(() => timer.abort());
}

async function sizeOf(path: string): Promise<number | undefined> {
  const about = await lstat(path).catch(() => undefined);
  return about?.isFile() ? about.size : undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  await handle.sync().finally(() => handle.close());
}
