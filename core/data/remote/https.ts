import { SlipwayError } from "../../errors.ts";
import { type DataUri, dataUri, shownUri } from "../../spec/data-uri.ts";
import { failed } from "./failures.ts";
import { inTime } from "./in-time.ts";
import type { DataAccess, KnownFile, OpenedFile, OpenOptions, RemotePlace } from "./place.ts";

const MAX_REDIRECTS = 5;
const MAX_VERSION = 200;

/** Files behind https: on whichever host; at most five redirects, to https alone. An ETag is a version that a server may give anew to the same bytes. */
export function httpsPlace(access: DataAccess): RemotePlace {
  const { fetch = globalThis.fetch } = access;
  return {
    versions: false,
    async look(uri: DataUri, known?: KnownFile) {
      const headers = known?.version === undefined ? {} : { "if-none-match": known.version };
      const response = await inTime(uri.text, access, (signal) => follow(uri, fetch, headers, [304], signal));
      await response.body?.cancel();
      if (response.status === 304) return known?.version === undefined ? unexpected(uri, response) : "same";
      return { path: uri.path, ...about(response, 0) };
    },
    async open(uri: DataUri, { start, version, signal }: OpenOptions): Promise<OpenedFile> {
      // Without a version nobody knows whether the rest is the same file's.
      const isRest = start > 0 && version !== undefined && !version.startsWith("W/");
      const headers = isRest ? { range: `bytes=${start}-`, "if-range": version } : {};
      const response = await follow(uri, fetch, headers, [206], signal);
      const from = response.status === 206 ? startOf(response) : 0;
      if (response.status === 206 && (!isRest || from !== start)) return unexpected(uri, response);
      return { body: response.body ?? empty(), start: from, ...about(response, from) };
    },
  };
}

function about(response: Response, start: number): { size?: number; version?: string } {
  const length = response.headers.get("content-length");
  const size = length !== null && /^\d{1,15}$/.test(length) ? start + Number(length) : undefined;
  const etag = response.headers.get("etag");
  return {
    ...(size === undefined ? {} : { size }),
    ...(etag && etag.length <= MAX_VERSION ? { version: etag } : {}),
  };
}

function startOf(response: Response): number {
  const start = /^bytes (\d{1,15})-/.exec(response.headers.get("content-range") ?? "")?.[1];
  return start === undefined ? -1 : Number(start);
}

async function* empty(): AsyncIterable<Uint8Array> {}

async function follow(
  { text }: DataUri,
  fetch: typeof globalThis.fetch,
  headers: Record<string, string>,
  good: readonly number[],
  signal: AbortSignal,
): Promise<Response> {
  let url = text;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { "accept-encoding": "identity", ...headers },
      signal,
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (response.status === 200 || good.includes(response.status)) return response;
      await response.body?.cancel();
      return unexpected({ text }, response);
    }
    await response.body?.cancel();
    url = new URL(location, url).href;
    if (dataUri(url).scheme !== "https") break;
  }
  throw new SlipwayError("REMOTE_FAILED", `${shownUri(text)} leads elsewhere.`, {
    expected: `at most ${MAX_REDIRECTS} redirects, to https alone`,
  });
}

/** A server that is overloaded or away for a moment is asked again by who reads. */
function unexpected({ text }: Pick<DataUri, "text">, { status }: Response): never {
  if (status === 429 || status >= 500) throw new Error(`HTTP status ${status}`);
  throw failed(text, { expected: "HTTP status 200", found: `HTTP status ${status}` });
}
