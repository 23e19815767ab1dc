import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { SlipwayError } from "../errors.ts";
import type { Blob, BlobSource, Range } from "./blobs.ts";
import type { Patience } from "./patience.ts";

const CHUNK = 1024 * 1024;

/** A regular file's bytes. Rejects with UNSUPPORTED, once it is read, for anything else. */
export function fileSource(path: string, patience: Patience): BlobSource {
  return remembering(async function* ({ start = 0, end = Number.POSITIVE_INFINITY }) {
    const file = await opened(patience, () => openRegular(path));
    if (file === undefined) throw new SlipwayError("UNSUPPORTED", `Not a regular file: ${path}`);
    try {
      yield* chunksOf(patience, file, { start, end });
    } finally {
      letGo(file.close());
    }
  });
}

/** Bytes in memory. */
export function bytesSource(bytes: Buffer): BlobSource {
  return remembering(async function* ({ start, end }) {
    yield bytes.subarray(start, end);
  });
}

/** A source of what `read` gives, whose `open` holds the bytes' number against what `digest` saw. */
export function remembering(read: (range: Range) => AsyncIterable<Buffer>): BlobSource {
  let seen: Promise<Blob> | undefined;
  const digest = async (also?: (chunk: Buffer) => void): Promise<Blob> => {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of read({})) {
      hash.update(chunk);
      also?.(chunk);
      size += chunk.length;
    }
    return { sha256: hash.digest("hex"), size };
  };
  return {
    digest: (also) => (seen ??= digest(also)),
    async *open(range = {}) {
      const { start = 0, end } = range;
      const whole = await seen;
      let at = start;
      for await (const chunk of read(range)) {
        at += chunk.length;
        if (whole && at > whole.size) throw changed();
        yield chunk;
      }
      if (whole && end === undefined && at !== whole.size) throw changed();
    },
  };
}

/** An open file's bytes, each piece a buffer of its own; the next one is read while the last one is used. */
export async function* chunksOf(
  patience: Patience,
  file: FileHandle,
  { start = 0, end = Number.POSITIVE_INFINITY }: Range = {},
): AsyncGenerator<Buffer> {
  const { size } = await patience.call(() => file.stat());
  const read = (at: number): Promise<Buffer> => {
    // Most files are small: a buffer of their size is a page, and not a megabyte.
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, end - at, Math.max(size - at, 0) + 1));
    const reading = patience.call(async () => {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      return buffer.subarray(0, bytesRead);
    });
    // Whoever stops before the end does not wait for what was read ahead.
    reading.catch(() => {});
    return reading;
  };
  let next = start < end ? read(start) : undefined;
  for (let at = start; next !== undefined; ) {
    const chunk = await next;
    if (chunk.length === 0) return;
    at += chunk.length;
    next = at < end ? read(at) : undefined;
    yield chunk;
  }
}

/** A handle that comes when nobody waits for it any more is closed. */
export function opened<T extends FileHandle | undefined>(patience: Patience, act: () => Promise<T>): Promise<T> {
  return patience.call(act, (handle) => handle && letGo(handle.close()));
}

/** Closing is waited for by nobody: a place that hangs would hold whoever has given it up. */
export function letGo(closed: Promise<unknown>): void {
  closed.catch(() => {});
}

/** Not through a link, and without waiting for a pipe's writer; undefined if there is no regular file. */
export async function openRegular(path: string): Promise<FileHandle | undefined> {
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

/**
 * Writes pieces to a file, each while the next one comes. `written` is awaited behind each, with its bytes.
 */
export async function writePieces(
  patience: Patience,
  file: FileHandle,
  pieces: AsyncIterable<Buffer>,
  written: (bytes: number) => Promise<void> = async () => {},
): Promise<void> {
  let writing = Promise.resolve();
  for await (const piece of pieces) {
    await writing;
    writing = writeAll(patience, file, piece).then(() => written(piece.length));
    // If the next piece fails first, nobody waits for this one.
    writing.catch(() => {});
  }
  await writing;
}

async function writeAll(patience: Patience, file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await patience.call(() => file.write(bytes, at))).bytesWritten;
}

function changed(): SlipwayError {
  return new SlipwayError("STORE_FAILED", "A file changed while it was being stored", {
    hint: "Let nothing write it meanwhile, and try again.",
  });
}
