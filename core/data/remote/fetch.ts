import { createHash, type Hash, randomUUID } from "node:crypto";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sha256 } from "../../../schemas/names.ts";
import { SlipwayError } from "../../errors.ts";
import type { DataUri } from "../../spec/data-uri.ts";
import { failed, innermost, tooLarge } from "./failures.ts";
import { ENOUGH, SILENCE, tooSlow } from "./in-time.ts";
import type { OpenedFile, RemotePlace } from "./place.ts";

export interface Fetched {
  sha256: Sha256;
  size: number;
  version?: string | undefined;
}

export interface FetchOptions {
  /** A folder that the file is kept in under its sha256 (created); absent: the bytes are hashed alone. */
  cache?: string | undefined;
  /** Bytes; the default is 16 GiB. */
  maxBytes?: number | undefined;
  /** The version that is wanted; the place rejects with DATA_CHANGED if it is there no more. */
  version?: string | undefined;
  signal?: AbortSignal | undefined;
  /** As DataAccess has it. */
  silence?: number | undefined;
}

/** Of one file, whatever a lock says of its size. */
const MAX_BYTES = 16 * 2 ** 30;
/** Connections in a row that break before they have brought what is worth one. */
const BROKEN = 5;
const WORTH = 2 ** 20;
/** Milliseconds before the second connection; twice as long before each further one. */
const PAUSE = 200;
const DAY = 24 * 3_600_000;

/**
 * Reads a file once, in bounded memory: from where a connection broke off, if the place can tell that the rest is the same
 * version's. Rejects with REMOTE_FAILED, FILE_TOO_LARGE, DATA_MISSING or DATA_CHANGED, and leaves nothing half.
 */
export async function fetchFile(place: RemotePlace, uri: DataUri, options: FetchOptions): Promise<Fetched> {
  const { cache } = options;
  if (cache === undefined) return readAll(place, uri, options, undefined);
  await mkdir(cache, { recursive: true });
  await sweep(cache);
  const partial = join(cache, `.partial-${randomUUID()}`);
  const out = await open(partial, "wx");
  try {
    const found = await readAll(place, uri, options, out);
    await out.sync();
    await rename(partial, join(cache, found.sha256));
    return found;
  } finally {
    await out.close();
    await rm(partial, { force: true });
  }
}

interface Progress {
  hash: Hash;
  at: number;
  version: string | undefined;
}

async function readAll(
  place: RemotePlace,
  uri: DataUri,
  options: FetchOptions,
  out: FileHandle | undefined,
): Promise<Fetched> {
  const { silence: most = SILENCE } = options;
  const read: Progress = { hash: createHash("sha256"), at: 0, version: options.version };
  let broken = 0;
  for (;;) {
    const before = read.at;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), most);
    const signal = options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal;
    try {
      const opened = await place.open(uri, { start: read.at, version: read.version, signal });
      await take(uri, opened, read, options, out, timer);
      return { sha256: read.hash.digest("hex"), size: read.at, version: opened.version };
    } catch (cause) {
      if (cause instanceof SlipwayError) throw cause;
      options.signal?.throwIfAborted();
      if (read.at - before >= WORTH) broken = 0;
      broken += 1;
      if (silence.signal.aborted)
        throw tooSlow(uri.text, read.at > before ? "too little of it" : "nothing", most, cause);
      if (broken === BROKEN)
        throw failed(uri.text, {
          found: innermost(cause),
          hint: "Is the address right, and can this machine reach it? `curl -I` shows what a server answers.",
          cause,
        });
      await sleep(PAUSE * 2 ** (broken - 1), undefined, options.signal ? { signal: options.signal } : {});
    } finally {
      clearTimeout(timer);
    }
  }
}

async function take(
  uri: DataUri,
  opened: OpenedFile,
  read: Progress,
  { maxBytes = MAX_BYTES }: FetchOptions,
  out: FileHandle | undefined,
  timer: NodeJS.Timeout,
): Promise<void> {
  if (opened.start !== read.at) {
    // The place begins anew, so what came before counts no more.
    Object.assign(read, { hash: createHash("sha256"), at: 0 });
    await out?.truncate(0);
  }
  read.version ??= opened.version;
  const most = Math.min(maxBytes, MAX_BYTES);
  if ((opened.size ?? 0) > most) throw tooLarge(uri.text, most);
  let waited = read.at;
  for await (const chunk of opened.body) {
    if (read.at + chunk.length - waited >= ENOUGH) {
      timer.refresh();
      waited = read.at + chunk.length;
    }
    if (read.at + chunk.length > most) throw tooLarge(uri.text, most);
    read.hash.update(chunk);
    if (out) await writeAll(out, chunk, read.at);
    read.at += chunk.length;
  }
  if (opened.size !== undefined && read.at !== opened.size) throw new Error(`${read.at} of ${opened.size} bytes came`);
}

async function writeAll(out: FileHandle, chunk: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await out.write(chunk, done, chunk.length - done, at + done);
    done += bytesWritten;
  }
}

/** What a process that was killed left behind. */
async function sweep(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(".partial-")) continue;
    const about = await lstat(join(cache, name)).catch(() => undefined);
    if (about && Date.now() - about.mtimeMs > DAY) await rm(join(cache, name), { force: true });
  }
}
