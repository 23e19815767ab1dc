import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DataLock } from "../../../schemas/data-record.ts";
import type { Sha256 } from "../../../schemas/names.ts";
import { SlipwayError } from "../../errors.ts";
import type { Located } from "../locate.ts";

export interface Fetcher {
  /** A folder for files by their sha256. */
  cache: string;
  /** Node's `fetch` unless given. */
  fetch?: typeof globalThis.fetch;
  signal?: AbortSignal;
  /** Bytes; the default is 16 GiB. */
  maxBytes?: number;
}

interface Fetched {
  sha256: Sha256;
  size: number;
  version?: string;
}

const MAX_BYTES = 16 * 2 ** 30;
const MAX_REDIRECTS = 5;
const SILENCE = 60_000;

/** Where a pinned URI's bytes are, fetched where the cache has not got them. Rejects with DATA_NOT_PINNED or DATA_CHANGED. */
export async function pinnedFile(
  uri: string,
  {
    lock,
    cache,
    fetch,
    signal,
  }: { lock?: DataLock; cache: string; fetch?: typeof globalThis.fetch; signal?: AbortSignal },
): Promise<Located> {
  const pin = lock?.files.find((file) => file.uri === uri);
  if (!pin)
    throw new SlipwayError("DATA_NOT_PINNED", `${shown(uri)} is not pinned.`, {
      expected: "an entry in data.lock.json",
      hint: "Run `slipway lock` and commit data.lock.json.",
    });
  const url = parsed(uri);
  const kept = { path: uri, name: url.pathname, remote: true, version: pin.version } as const;
  if (url.protocol === "file:") {
    const file = fileURLToPath(url);
    const found = await digestFile(file, uri, signal);
    if (found.sha256 !== pin.sha256) throw changed(uri, pin.sha256, found.sha256);
    return { ...kept, file };
  }
  const file = join(cache, pin.sha256);
  if ((await lstat(file).catch(() => undefined))?.isFile()) {
    const found = await digestFile(file, uri, signal);
    if (found.sha256 === pin.sha256) return { ...kept, file };
    await rm(file, { force: true });
  }
  const found = await fetchRemote(uri, {
    cache,
    maxBytes: pin.size,
    ...(fetch ? { fetch } : {}),
    ...(signal ? { signal } : {}),
  });
  if (found === "unchanged" || found.sha256 !== pin.sha256)
    throw changed(uri, pin.sha256, found === "unchanged" ? "nothing" : found.sha256);
  return { ...kept, file };
}

/**
 * Fetches a file into the cache under its digest; `unchanged` if the server says that `version` (an ETag) is still current.
 * https alone, at most five redirects, given up after a minute of silence. Rejects with REMOTE_FAILED or FILE_TOO_LARGE.
 */
export async function fetchRemote(uri: string, fetcher: Fetcher, version?: string): Promise<Fetched | "unchanged"> {
  const { cache, maxBytes = MAX_BYTES } = fetcher;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE);
  const signal = fetcher.signal ? AbortSignal.any([fetcher.signal, silence.signal]) : silence.signal;
  await mkdir(cache, { recursive: true });
  const partial = join(cache, `.partial-${randomUUID()}`);
  try {
    const response = await follow(uri, fetcher.fetch ?? globalThis.fetch, signal, version);
    if (response === "unchanged") return "unchanged";
    const declared = Number(response.headers.get("content-length") ?? 0);
    if (declared > maxBytes) throw tooLarge(uri, maxBytes);
    const hash = createHash("sha256");
    const out = await open(partial, "wx");
    let size = 0;
    try {
      for await (const chunk of response.body ?? []) {
        timer.refresh();
        size += chunk.length;
        if (size > maxBytes) throw tooLarge(uri, maxBytes);
        hash.update(chunk);
        await out.writeFile(chunk);
      }
      await out.sync();
    } finally {
      await out.close();
    }
    const sha256 = hash.digest("hex");
    await rename(partial, join(cache, sha256));
    const etag = response.headers.get("etag");
    return { sha256, size, ...(etag && etag.length <= 200 ? { version: etag } : {}) };
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    fetcher.signal?.throwIfAborted();
    throw new SlipwayError("REMOTE_FAILED", `${shown(uri)} could not be fetched.`, {
      found: silence.signal.aborted ? "no answer for a minute" : innermost(cause),
      hint: "Is the address right, and can this machine reach it? `curl -I` shows what the server answers.",
      cause,
    });
  } finally {
    clearTimeout(timer);
    timer = undefined as never;
    await rm(partial, { force: true });
  }
}

/** Node's fetch says "fetch failed", and hides why in its cause. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return innermost(error.cause);
  return error.message || String((error as NodeJS.ErrnoException).code ?? error.name);
}

async function follow(
  uri: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
  version: string | undefined,
): Promise<Response | "unchanged"> {
  let url = parsed(uri);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(url, {
      redirect: "manual",
      signal,
      headers: { "accept-encoding": "identity", ...(version ? { "if-none-match": version } : {}) },
    });
    if (response.status === 304 && version) return "unchanged";
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (response.status === 200) return response;
      await response.body?.cancel();
      throw new SlipwayError("REMOTE_FAILED", `${shown(uri)} could not be fetched.`, {
        expected: "HTTP status 200",
        found: `HTTP status ${response.status}`,
      });
    }
    await response.body?.cancel();
    url = parsed(new URL(location, url).href);
    if (url.protocol !== "https:") break;
  }
  throw new SlipwayError("REMOTE_FAILED", `${shown(uri)} leads elsewhere.`, {
    expected: `at most ${MAX_REDIRECTS} redirects, to https alone`,
  });
}

/** Rejects with UNSUPPORTED what is neither https: nor file:. */
export function parsed(uri: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(uri);
  } catch {
    url = undefined;
  }
  if (
    url &&
    (url.protocol === "https:" || (url.protocol === "file:" && url.host === "")) &&
    !url.username &&
    !url.password
  )
    return url;
  throw new SlipwayError("UNSUPPORTED", `${shown(uri)} cannot be read.`, {
    expected: "https: without a user name, or file:",
    hint: "Other stores come later; until then put the file into the repository or behind https.",
  });
}

export async function digestFile(file: string, uri: string, signal?: AbortSignal): Promise<Fetched> {
  const stat = await lstat(file).catch(() => undefined);
  if (!stat?.isFile())
    throw new SlipwayError("DATA_MISSING", `There is no regular file at ${shown(uri)}.`, {
      expected: "a regular file",
    });
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
  return { sha256: hash.digest("hex"), size: stat.size };
}

/** A URI as logs may show it: a query may hold a signature that is a secret. */
function shown(uri: string): string {
  return uri.replace(/[?#].*$/s, "?…").replace(/\/\/[^/@]*@/, "//…@");
}

function changed(uri: string, expected: Sha256, found: string): SlipwayError {
  return new SlipwayError("DATA_CHANGED", `${shown(uri)} is not what was pinned.`, {
    expected: `sha256 ${expected}`,
    found: `sha256 ${found}`,
    hint: "If the change is wanted, run `slipway lock` and commit data.lock.json.",
  });
}

function tooLarge(uri: string, maxBytes: number): SlipwayError {
  return new SlipwayError("FILE_TOO_LARGE", `${shown(uri)} is larger than allowed.`, {
    expected: `at most ${maxBytes} bytes`,
  });
}
