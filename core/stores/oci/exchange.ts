import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { SlipwayError } from "../../errors.ts";
import { isLoopback, isOwnAddress } from "../address.ts";

const agents = {
  "http:": new http.Agent({ keepAlive: true, maxSockets: 16 }),
  "https:": new https.Agent({ keepAlive: true, maxSockets: 16 }),
};
const USER_AGENT = "slipway";
/** What is read so that a connection can be used again. */
const MOST_DISCARDED = 64 * 1024;
/** Milliseconds for it: it is worth no waiting. */
const DISCARDED_WITHIN = 1_000;

export interface Exchange {
  method: string;
  url: URL;
  headers?: Record<string, string>;
  /** With its length, which is sent: an upload is never held in memory, and never in chunks. */
  body?: { size: number; open(): AsyncIterable<Buffer> } | undefined;
  signal: AbortSignal;
  /** Told each time that something came or went. */
  moved(): void;
}

/**
 * Only over TLS, or on this machine itself: keys and bytes cross no network in the clear. A registry elsewhere leads nobody
 * to this machine's own servers.
 */
export function checkedUrl(text: string, base: URL): URL {
  const url = URL.canParse(text, base.href) ? new URL(text, base) : undefined;
  const isHere = url !== undefined && isLoopback(url.host) && isLoopback(base.host);
  const isSafe =
    url?.protocol === "https:" ? isHere || !isOwnAddress(url.hostname) : isHere && url?.protocol === "http:";
  if (url === undefined || !isSafe || url.username !== "" || url.password !== "") {
    throw new SlipwayError("STORE_FAILED", `The registry at ${base.host} names an address that cannot be trusted`, {
      expected: "an https: URL without a user",
      found: url === undefined ? "no URL" : `${url.protocol}//${url.host}`,
    });
  }
  return url;
}

/** Names below `localhost` are this machine's (RFC 6761), whatever a name server would say of them. */
const onThisMachine: LookupFunction = (_, { all }, found) => {
  if (all) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
};

/**
 * Sends one request, and resolves with the answer once its head is there, also where the server answered before it took the
 * whole body. Rejects with the system's error, or with the signal's reason.
 */
export function exchange({ method, url, headers, body, signal, moved }: Exchange): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const secure = url.protocol === "https:";
    const length = body === undefined ? {} : { "content-length": String(body.size) };
    const request = (secure ? https : http).request(url, {
      method,
      agent: agents[secure ? "https:" : "http:"],
      headers: { "user-agent": USER_AGENT, ...headers, ...length },
      ...(url.hostname.endsWith(".localhost") ? { lookup: onThisMachine } : {}),
    });
    const abort = () => request.destroy();
    signal.addEventListener("abort", abort, { once: true });
    const fail = (error: unknown) => reject(signal.aborted ? signal.reason : error);
    request.on("error", fail);
    request.on("close", () => signal.removeEventListener("abort", abort));
    request.on("response", (response) => {
      moved();
      // Whoever reads the body sees how it ends; nobody else has to.
      response.on("error", () => {});
      resolve(response);
    });
    if (body === undefined) request.end();
    else
      send(request, body.open(), moved).catch((error) => {
        fail(error);
        request.destroy();
      });
  });
}

async function send(request: http.ClientRequest, body: AsyncIterable<Buffer>, moved: () => void): Promise<void> {
  try {
    for await (const chunk of body) {
      // The answer, or the request's own error, says why it broke off.
      if (request.destroyed || request.closed) return;
      await new Promise<void>((resolve) => {
        request.once("close", resolve);
        request.write(chunk, () => {
          request.off("close", resolve);
          resolve();
        });
      });
      moved();
    }
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw new SlipwayError("STORE_FAILED", "What was to be uploaded cannot be read", { cause: error });
  }
  request.end();
}

/** The rest of a body that nobody wants, so that its connection can be used again; a long one costs the connection. */
export async function discard(response: http.IncomingMessage): Promise<void> {
  let size = 0;
  breakOffLate(response);
  try {
    for await (const chunk of response) {
      size += chunk.length;
      if (size > MOST_DISCARDED) return void response.destroy();
    }
  } catch {
    // It ended another way.
  }
}

/** Breaks off an answer whose body does not come to its end soon. */
export function breakOffLate(response: http.IncomingMessage): void {
  const timer = setTimeout(() => response.destroy(), DISCARDED_WITHIN);
  response.once("close", () => clearTimeout(timer));
}

/** A body of at most `cap` bytes. Rejects with STORE_FAILED beyond. */
export async function readCapped(response: http.IncomingMessage, cap: number, what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > cap) {
      response.destroy();
      throw new SlipwayError("STORE_FAILED", `The registry's ${what} is too large`, {
        expected: `at most ${cap} bytes`,
        found: "more",
      });
    }
  }
  return Buffer.concat(chunks);
}
