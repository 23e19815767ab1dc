import { createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import type { SandboxServer } from "./server.ts";
import type { State } from "./state.ts";

const TEN_MINUTES = 600_000;

/** An address that whoever holds it may read (or write) a blob at, for ten minutes and with no other credential. */
export function blobUrl(state: State, file: string, may: "read" | "write" = "read"): string {
  const name = basename(file);
  const until = String(Date.now() + TEN_MINUTES);
  return `${state.url}/blobs/${name}?se=${until}&sp=${may}&sig=${sign(state, `${name} ${until} ${may}`)}`;
}

/** The file of a blob's address; undefined if it was not signed here, for this, or is too old. */
export function blobFile(state: State, url: URL, may: "read" | "write"): string | undefined {
  const name = basename(url.pathname);
  const [se = "", sp = "", sig = ""] = ["se", "sp", "sig"].map((key) => url.searchParams.get(key) ?? "");
  const expected = sign(state, `${name} ${se} ${may}`);
  const same = sig.length === expected.length && timingSafeEqual(Buffer.from(sig), Buffer.from(expected));
  return sp === may && same && Number(se) > Date.now() ? join(state.folder, "blobs", name) : undefined;
}

function sign(state: State, text: string): string {
  return createHmac("sha256", state.secret).update(text).digest("base64url");
}

export function serveBlobs(server: SandboxServer, state: State): void {
  server.get("/blobs/:name", async (context) => {
    const file = blobFile(state, new URL(context.req.url), "read");
    const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
    if (file === undefined || found === undefined) return context.text("AuthenticationFailed", 403);
    const headers = { "content-type": "application/zip", "content-length": String(found.size) };
    return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream, { headers });
  });
}
