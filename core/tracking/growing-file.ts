import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const BLOCK = 1024 ** 2;

/** Opens what is a regular file now; undefined where it is something else, or gone. No link is followed, no pipe waited for. */
export async function openRegular(path: string): Promise<FileHandle | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return undefined;
  const about = await file.stat().catch(() => undefined);
  if (about?.isFile()) return file;
  await file.close();
  return undefined;
}

/** The first `most` bytes of a regular file. */
export async function readStart(path: string, most: number): Promise<Buffer | undefined> {
  const file = await openRegular(path);
  if (file === undefined) return undefined;
  try {
    return await read(file, 0, most);
  } finally {
    await file.close();
  }
}

/**
 * Takes what it can of a block and says how many bytes that were; more than the block has, to pass over what follows; 0 where
 * it needs more than the block has, and `broken` where nothing after it can be read.
 */
export type TakeBlock = (block: Buffer) => number | "broken";

/** A file that somebody appends to: each look goes on where the last one ended. */
export class GrowingFile {
  readonly #path: string;
  #at = 0;
  isBroken = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Hands on what came since, of the first `most` bytes; gives how many bytes were read, and whether there are more. */
  async look(take: TakeBlock, most: number): Promise<{ bytes: number; isCut: boolean }> {
    const file = this.isBroken ? undefined : await openRegular(this.#path);
    if (file === undefined) return { bytes: 0, isCut: false };
    let bytes = 0;
    try {
      const { size } = await file.stat();
      const end = Math.min(size, most);
      while (this.#at < end) {
        const block = await read(file, this.#at, Math.min(BLOCK, end - this.#at));
        bytes += block.length;
        const taken = take(block);
        this.isBroken = taken === "broken";
        if (taken === "broken" || taken === 0) break;
        this.#at += taken;
      }
      return { bytes, isCut: size > most };
    } finally {
      await file.close();
    }
  }
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
