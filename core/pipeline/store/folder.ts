import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Artifact } from "../../../schemas/manifest.ts";
import { canonicalJson } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import { checkArtifact } from "./artifact.ts";
import { listFolder } from "./listing.ts";
import type { ArtifactStore } from "./store.ts";

const DAY = 24 * 60 * 60 * 1_000;
const CHUNK = 1024 * 1024;

/**
 * A store in a folder: `sha256/ab/<digest>`, one read-only file per content, a folder's manifest list among them.
 * Bytes are written to a temporary name, synced and renamed, so a killed writer leaves a temporary file at most
 * (swept after a day), and writers side by side do not disturb each other. `uriBase` starts every URI: `file:…`.
 */
export function openFolderStore(root: string, uriBase: string): ArtifactStore {
  const place = (digest: string) => join(root, "sha256", digest.slice(0, 2), digest);
  const uri = (digest: string) => `${uriBase}/sha256/${digest.slice(0, 2)}/${digest}`;

  /** Copies chunks under their digest; an equal object that is in place and whole is kept. */
  async function put(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<{ sha256: string; size: number }> {
    const temporary = join(root, "tmp", randomUUID());
    await mkdir(dirname(temporary), { recursive: true });
    const hash = createHash("sha256");
    let size = 0;
    try {
      const file = await open(temporary, "wx", 0o444);
      try {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          await writeAll(file, chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      const digest = hash.digest("hex");
      const target = place(digest);
      if ((await state(digest, size)) !== "ok") {
        await mkdir(dirname(target), { recursive: true });
        await rename(temporary, target);
        for (const folder of [dirname(target), join(root, "sha256")]) await syncFolder(folder);
      }
      return { sha256: digest, size };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async function state(digest: string, size?: number): Promise<"ok" | "missing" | "corrupt"> {
    const file = await openObject(place(digest));
    if (file === undefined) return "missing";
    const hash = createHash("sha256");
    try {
      if (size !== undefined && (await file.stat()).size !== size) return "corrupt";
      for await (const chunk of chunksOf(file)) hash.update(chunk);
    } finally {
      await file.close();
    }
    return hash.digest("hex") === digest ? "ok" : "corrupt";
  }

  async function get(object: { sha256: string; size: number }, target: string): Promise<void> {
    const file = await openObject(place(object.sha256));
    if (file === undefined) throw missing(object.sha256, root);
    try {
      const hash = createHash("sha256");
      let size = 0;
      const output = await open(target, "wx", 0o644);
      try {
        for await (const chunk of chunksOf(file)) {
          hash.update(chunk);
          size += chunk.length;
          if (size > object.size) break;
          await writeAll(output, chunk);
        }
      } finally {
        await output.close();
      }
      if (size !== object.size || hash.digest("hex") !== object.sha256) {
        await rm(target, { force: true });
        throw corrupt(object.sha256, root);
      }
    } finally {
      await file.close();
    }
  }

  return {
    putFolder: (folder) =>
      guarded(async () => {
        await sweep(join(root, "tmp"));
        const listed = await listFolder(folder);
        const files: Artifact["files"] = [];
        for (const { path } of listed) {
          files.push({ path, ...(await putFileAt(join(folder, path))) });
        }
        const list = await put([Buffer.from(canonicalJson(files))]);
        const size = files.reduce((sum, file) => sum + file.size, 0);
        return { uri: uri(list.sha256), sha256: list.sha256, size, files };
      }),

    putFile: (file) =>
      guarded(async () => {
        const stored = await putFileAt(file);
        return { uri: uri(stored.sha256), ...stored };
      }),

    getFolder: (artifact, target) =>
      guarded(async () => {
        const files = checkArtifact(artifact);
        await mkdir(target, { recursive: true });
        if ((await readdir(target)).length > 0) throw new Error(`not an empty folder: ${target}`);
        try {
          for (const file of files) {
            await mkdir(dirname(join(target, file.path)), { recursive: true });
            await get(file, join(target, file.path));
          }
        } catch (error) {
          await rm(target, { recursive: true, force: true });
          throw error;
        }
      }),

    getFile: (file, target) => guarded(() => get(file, target)),

    verify: (object) =>
      guarded(async () => {
        const own = await state(object.sha256);
        if (own !== "ok" || !("files" in object)) return own;
        let files: Artifact["files"];
        try {
          files = checkArtifact(object);
        } catch {
          return "corrupt";
        }
        for (const file of files) {
          const each = await state(file.sha256, file.size);
          if (each !== "ok") return each;
        }
        return "ok";
      }),
  };

  async function putFileAt(path: string): Promise<{ sha256: string; size: number }> {
    // Not through a link, and without waiting for a pipe's writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw new SlipwayError("UNSUPPORTED", `Not a regular file: ${path}`);
      return await put(chunksOf(file));
    } finally {
      await file.close();
    }
  }
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

async function openObject(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
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

function missing(digest: string, root: string): SlipwayError {
  return new SlipwayError("ARTIFACT_MISSING", `The store has no object ${digest}`, {
    expected: `sha256/${digest.slice(0, 2)}/${digest} in ${root}`,
    found: "no such file",
    hint: "Is this the store that it was put into? Copy the object over, or train again.",
  });
}

function corrupt(digest: string, root: string): SlipwayError {
  return new SlipwayError("ARTIFACT_CORRUPT", `The stored object ${digest} does not have its digest`, {
    found: `other bytes in ${join(root, "sha256", digest.slice(0, 2), digest)}`,
    hint: "Bring it back from a copy, or put the same bytes again: that mends it.",
  });
}

/** A system's error (disk full, no permission) as STORE_FAILED; bugs stay as they are. */
async function guarded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof SlipwayError || typeof code !== "string") throw error;
    throw new SlipwayError("STORE_FAILED", `The artifact store failed: ${(error as Error).message}`, {
      found: code,
      ...(code === "ENOSPC" ? { hint: "The disk is full." } : {}),
      cause: error,
    });
  }
}
