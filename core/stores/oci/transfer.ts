import type { IncomingMessage } from "node:http";
import { SlipwayError } from "../../errors.ts";
import type { Blob, BlobSource, Range } from "../blobs.ts";
import type { Patience } from "../patience.ts";
import { inPieces } from "../pieces.ts";
import type { RegistryClient } from "./client.ts";
import { discard, readCapped } from "./exchange.ts";

/** Times that a connection may break, one after another, without a byte between. */
const MOST_BROKEN = 5;
const PIECE = 512 * 1024;

/** A blob's bytes, counted; undefined if the repository has none. */
export async function blobSize(
  client: RegistryClient,
  sha256: string,
  patience: Patience,
): Promise<number | undefined> {
  return client.persist(patience, async () => {
    const response = await client.send({ method: "HEAD", path: `blobs/sha256:${sha256}`, access: "pull" }, patience);
    await discard(response);
    if (response.statusCode === 404) return undefined;
    await client.expect(response, [200], `to look for sha256:${sha256}`);
    const size = Number(response.headers["content-length"] ?? Number.NaN);
    return Number.isSafeInteger(size) ? size : undefined;
  });
}

/**
 * Uploads a blob whole, unless it is there. A broken upload cannot be taken up again safely (registries do not check where a
 * chunk belongs), so it begins anew.
 */
export async function upload(client: RegistryClient, source: BlobSource, patience: Patience): Promise<Blob> {
  const blob = await source.digest();
  if ((await blobSize(client, blob.sha256, patience)) === blob.size) return blob;
  await client.persist(patience, async () => {
    const begun = await client.send(
      { method: "POST", path: "blobs/uploads/", access: "pull,push", body: NOTHING },
      patience,
    );
    await discard(begun);
    await client.expect(begun, [202], "an upload");
    const location = client.url(begun.headers.location ?? "");
    location.searchParams.set("digest", `sha256:${blob.sha256}`);
    const body = { size: blob.size, open: () => source.open() };
    const headers = { "content-type": "application/octet-stream" };
    const done = await client.send({ method: "PUT", path: location, access: "pull,push", headers, body }, patience);
    await client.expect(done, [201], `the blob sha256:${blob.sha256}`);
    await discard(done);
  });
  return blob;
}

/** A blob's bytes; undefined if the repository has none. A connection that breaks is taken up where it broke. */
export async function download(
  client: RegistryClient,
  sha256: string,
  { start = 0, end }: Range,
  patience: Patience,
): Promise<AsyncIterable<Buffer> | undefined> {
  const ask = async (at: number): Promise<IncomingMessage | undefined> => {
    const range = at === 0 && end === undefined ? {} : { range: `bytes=${at}-${end === undefined ? "" : end - 1}` };
    const response = await client.send(
      { method: "GET", path: `blobs/sha256:${sha256}`, access: "pull", headers: range },
      patience,
    );
    if (response.statusCode === 404) return void (await discard(response));
    await client.expect(response, [200, 206, 416], `the blob sha256:${sha256}`);
    return response;
  };
  const first = await client.persist(patience, () => ask(start));
  if (first === undefined) return undefined;

  async function* bytes(response: IncomingMessage): AsyncGenerator<Buffer> {
    let at = start;
    for (let broken = 0; ; ) {
      // A socket gives little at once: hashing and writing cost less in larger pieces.
      const pieces = inPieces(partOf(response, at, end), PIECE);
      try {
        for (;;) {
          const next = await patience.call(() => pieces.next());
          if (next.done) return;
          at += next.value.length;
          broken = 0;
          patience.moved();
          yield next.value;
        }
      } catch (error) {
        broken += 1;
        if (patience.signal.aborted) throw patience.signal.reason;
        if (error instanceof SlipwayError || broken > MOST_BROKEN) throw error;
      } finally {
        response.destroy();
      }
      const again = await client.persist(patience, () => ask(at));
      if (again === undefined) throw gone(sha256);
      response = again;
    }
  }
  return bytes(first);
}

/** The bytes of an answer that belong to a range. A server that ignores ranges sends all of the blob. */
async function* partOf(
  response: IncomingMessage,
  start: number,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  if (response.statusCode === 416) return;
  let at = response.statusCode === 206 ? start : 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    yield chunk.subarray(Math.max(start - at, 0), Math.max(end - at, 0));
    at += chunk.length;
    if (at >= end) return;
  }
}

const NOTHING = { size: 0, open: nothing };

async function* nothing(): AsyncGenerator<Buffer> {}

function gone(sha256: string): SlipwayError {
  return new SlipwayError("ARTIFACT_MISSING", `The blob sha256:${sha256} was removed while it was read`);
}

/** A small body. */
export function smallBody(response: IncomingMessage, cap: number, what: string, patience: Patience): Promise<Buffer> {
  return patience.call(() => readCapped(response, cap, what));
}
