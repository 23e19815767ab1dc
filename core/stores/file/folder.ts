import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Artifact, StoredFile } from "../../../schemas/manifest.ts";
import { canonicalJson } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import { soundFiles } from "../artifact.ts";
import { corruptObject, guarded, missingObject, unreachable } from "../failures.ts";
import { listFolder } from "../listing.ts";
import { Patience } from "../patience.ts";
import type { ArtifactStore, StoredState, StoreOptions } from "../store.ts";
import type { Reach } from "./reach.ts";
import { folderBelow } from "./safe-folder.ts";

const DAY = 24 * 60 * 60 * 1_000;
const CHUNK = 1024 * 1024;
/** Written bytes between two syncs: one sync of all of them could take longer than anybody waits for a single call. */
const SYNCED = 64 * CHUNK;
const TIDIED_WITHIN = 2_000;

interface FolderStoreAbout extends StoreOptions {
  /** Below this folder no symbolic link is followed. Default: the store's own folder. */
  trusted?: string | undefined;
  reach?: Reach | undefined;
  /** Nothing in it has to outlive the machine's next fall: bytes are not synced to the disk. */
  scratch?: boolean | undefined;
}

/**
 * A store in a folder: `sha256/ab/<digest>`, one read-only file per content, a folder's manifest list among them.
 * Bytes are written to a temporary name, synced and renamed, so a killed writer leaves a temporary file at most
 * (swept after a day), and writers side by side do not disturb each other. `uriBase` starts every URI: `file:…`.
 * Nothing but regular files is opened, through no link, and without waiting for a pipe's writer.
 */
export function openFolderStore(root: string, uriBase: string, about: FolderStoreAbout = {}): ArtifactStore {
  const { trusted = root, reach = "own", scratch = false, ...usual } = about;
  const place = (digest: string) => join(root, "sha256", digest.slice(0, 2), digest);
  const uri = (digest: string) => `${uriBase}/sha256/${digest.slice(0, 2)}/${digest}`;

  /** One operation, with whoever waits for it. */
  function within<T>(options: StoreOptions | undefined, act: (patience: Patience) => Promise<T>): Promise<T> {
    const { signal = usual.signal, timeout = usual.timeout } = options ?? {};
    return guarded(() => act(new Patience(trusted, { signal, timeout })));
  }

  /** A folder of the store's own, made if it is missing; undefined if it is missing and `make` does not say so. */
  const below = (patience: Patience, folder: string, make: boolean) =>
    patience.call(() => folderBelow(trusted, folder, make));

  /** Copies chunks under their digest; an equal object that is in place and whole is kept. */
  async function put(
    patience: Patience,
    chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): Promise<Omit<StoredFile, "uri">> {
    if (trusted !== root && !(await patience.call(() => isFolder(trusted)))) throw unreachable(trusted, reach);
    const temporary = join(root, "tmp", randomUUID());
    await below(patience, dirname(temporary), true);
    const hash = createHash("sha256");
    let size = 0;
    try {
      const file = await opened(patience, () => open(temporary, "wx", 0o444));
      try {
        let unsynced = 0;
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          await writeAll(patience, file, chunk);
          unsynced += chunk.length;
          if (scratch || unsynced < SYNCED) continue;
          await patience.call(() => file.datasync());
          unsynced = 0;
        }
        if (!scratch) await patience.call(() => file.sync());
      } finally {
        letGo(file.close());
      }
      const digest = hash.digest("hex");
      const target = place(digest);
      if ((await state(patience, { sha256: digest, size })) !== "ok") {
        await below(patience, dirname(target), true);
        await patience.call(() => rename(temporary, target));
        const folders = scratch ? [] : [dirname(target), join(root, "sha256")];
        for (const folder of folders) await patience.call(() => syncFolder(folder));
      }
      return { sha256: digest, size };
    } finally {
      await briefly(rm(temporary, { force: true }));
    }
  }

  /** An object to be read; undefined if there is none. */
  async function object(patience: Patience, digest: string): Promise<FileHandle | undefined> {
    if ((await below(patience, dirname(place(digest)), false)) === undefined) return undefined;
    return opened(patience, () => openRegular(place(digest)));
  }

  async function state(patience: Patience, { sha256, size }: { sha256: string; size?: number }): Promise<StoredState> {
    const file = await object(patience, sha256);
    if (file === undefined) return "missing";
    const hash = createHash("sha256");
    try {
      if (size !== undefined && (await patience.call(() => file.stat())).size !== size) return "corrupt";
      for await (const chunk of chunksOf(patience, file)) hash.update(chunk);
    } finally {
      letGo(file.close());
    }
    return hash.digest("hex") === sha256 ? "ok" : "corrupt";
  }

  async function sizeState(
    patience: Patience,
    { sha256, size }: { sha256: string; size: number },
  ): Promise<StoredState> {
    if ((await below(patience, dirname(place(sha256)), false)) === undefined) return "missing";
    const found = await patience.call(() => sizeOf(place(sha256)));
    if (found === undefined) return "missing";
    return found === size ? "ok" : "corrupt";
  }

  async function get(patience: Patience, wanted: { sha256: string; size: number }, target: string): Promise<void> {
    const file = await object(patience, wanted.sha256);
    if (file === undefined) throw missingObject(wanted.sha256, root, reach);
    try {
      const hash = createHash("sha256");
      let size = 0;
      const output = await open(target, "wx", 0o644);
      try {
        for await (const chunk of chunksOf(patience, file)) {
          hash.update(chunk);
          size += chunk.length;
          if (size > wanted.size) break;
          await writeAll(patience, output, chunk);
        }
      } finally {
        letGo(output.close());
      }
      if (size !== wanted.size || hash.digest("hex") !== wanted.sha256) throw corruptObject(wanted.sha256, root);
    } catch (error) {
      // What was there before is somebody else's.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(target, { force: true });
      throw error;
    } finally {
      letGo(file.close());
    }
  }

  /** The state of all that an object is made of: a folder's list and each of its files, equal ones once. */
  async function wholeState(
    patience: Patience,
    wanted: StoredFile | Artifact,
    look: (patience: Patience, each: { sha256: string; size: number }) => Promise<StoredState>,
  ): Promise<StoredState> {
    if (reach === "shared" && !(await patience.call(() => isFolder(trusted)))) throw unreachable(trusted, reach);
    let parts: { sha256: string; size: number }[];
    try {
      parts = "files" in wanted ? partsOf(wanted) : [wanted];
    } catch {
      return "corrupt";
    }
    for (const each of parts) {
      const found = await look(patience, each);
      if (found === "missing" && reach === "each") throw unreachable(root, reach);
      if (found !== "ok") return found;
    }
    return "ok";
  }

  return {
    putFolder: (folder, options) =>
      within(options, async (patience) => {
        const left = await below(patience, join(root, "tmp"), false);
        if (left !== undefined) await patience.call(() => sweep(left));
        const listed = await patience.call(() => listFolder(folder));
        const files: Artifact["files"] = [];
        for (const { path } of listed) files.push({ path, ...(await putFileAt(patience, join(folder, path))) });
        const list = await put(patience, [Buffer.from(canonicalJson(files))]);
        const size = files.reduce((sum, file) => sum + file.size, 0);
        return { uri: uri(list.sha256), sha256: list.sha256, size, files };
      }),

    putFile: (file, options) =>
      within(options, async (patience) => {
        const stored = await putFileAt(patience, file);
        return { uri: uri(stored.sha256), ...stored };
      }),

    getFolder: (artifact, target, options) =>
      within(options, async (patience) => {
        const files = soundFiles(artifact);
        await mkdir(target, { recursive: true });
        if ((await readdir(target)).length > 0) throw new Error(`not an empty folder: ${target}`);
        try {
          for (const file of files) {
            await mkdir(dirname(join(target, file.path)), { recursive: true });
            await get(patience, file, join(target, file.path));
          }
        } catch (error) {
          await rm(target, { recursive: true, force: true });
          throw error;
        }
      }),

    getFile: (file, target, options) => within(options, (patience) => get(patience, file, target)),
    has: (wanted, options) => within(options, (patience) => wholeState(patience, wanted, sizeState)),
    verify: (wanted, options) => within(options, (patience) => wholeState(patience, wanted, state)),
  };

  async function putFileAt(patience: Patience, path: string): Promise<Omit<StoredFile, "uri">> {
    const file = await opened(patience, () => openRegular(path));
    if (file === undefined) throw new SlipwayError("UNSUPPORTED", `Not a regular file: ${path}`);
    try {
      return await put(patience, chunksOf(patience, file));
    } finally {
      letGo(file.close());
    }
  }
}

/** A folder's list and each of its files, equal ones once. */
function partsOf(artifact: Artifact): { sha256: string; size: number }[] {
  const files = soundFiles(artifact);
  const list = { sha256: artifact.sha256, size: Buffer.byteLength(canonicalJson(files)) };
  return [...new Map([list, ...files].map((each) => [`${each.sha256} ${each.size}`, each])).values()];
}

/** A file's bytes, in pieces that hold until the next one is asked for. */
async function* chunksOf(patience: Patience, file: FileHandle): AsyncGenerator<Buffer> {
  const { size } = await patience.call(() => file.stat());
  // Most files are small: a buffer of their size is a page, and not a megabyte.
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size + 1));
  for (;;) {
    const { bytesRead } = await patience.call(() => file.read(buffer, 0, buffer.length));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function writeAll(patience: Patience, file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await patience.call(() => file.write(bytes, at))).bytesWritten;
}

/** A handle that comes when nobody waits for it any more is closed. */
function opened<T extends FileHandle | undefined>(patience: Patience, act: () => Promise<T>): Promise<T> {
  return patience.call(act, (handle) => handle && letGo(handle.close()));
}

/** Closing is waited for by nobody: a place that hangs would hold whoever has given it up. */
function letGo(closed: Promise<unknown>): void {
  closed.catch(() => {});
}

/** Tidying up is waited for as long as a place that answers takes. */
async function briefly(tidied: Promise<unknown>): Promise<void> {
  letGo(tidied);
  const timer = new AbortController();
  await Promise.race([tidied, sleep(TIDIED_WITHIN, undefined, { signal: timer.signal, ref: false })])
    .catch(() => {})
    .finally(() => timer.abort());
}

/** Not through a link, and without waiting for a pipe's writer; undefined if there is no regular file. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // A link, a socket, or nothing.
    if (["ENOENT", "ELOOP", "ENXIO"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
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

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const about = await stat(path).catch(() => undefined);
    if (about && Date.now() - about.mtimeMs > DAY) await rm(path, { force: true });
  }
}
