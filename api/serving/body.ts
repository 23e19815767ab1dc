import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { RefusedRequest } from "./refusal.ts";

export interface BodyLimits {
  /** Bytes of one body. */
  one: number;
  /** Bytes of all bodies that are being read: clients that never end theirs fill no memory. */
  all: number;
}

export const BODY_LIMITS: BodyLimits = { one: 16 * 1024 * 1024, all: 256 * 1024 * 1024 };

/** Reads a request's body. */
export type ReadBody = (incoming: IncomingMessage) => Promise<Buffer>;

/**
 * Reads bodies up to their limits alone. Rejects with 413 for a body that is larger, with 503 while others take all the room,
 * and with 415 for one that is compressed. How long a body may take is the server's request time-out.
 */
export function bodyReader(limits: BodyLimits): ReadBody {
  let held = 0;
  return async (incoming) => {
    const encoding = incoming.headers["content-encoding"] ?? "identity";
    if (encoding.trim().toLowerCase() !== "identity")
      throw new RefusedRequest(415, `This server reads no compressed bodies, and got ${encoding.slice(0, 100)}.`);
    if (Number(incoming.headers["content-length"] ?? 0) > limits.one) throw tooLarge(limits.one);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      // Whoever sent too much still gets an answer: leaving the loop does not end the connection.
      for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        held += chunk.length;
        if (size > limits.one) throw tooLarge(limits.one);
        if (held > limits.all) throw new RefusedRequest(503, "Too many large requests are being read; ask again.");
        chunks.push(chunk);
      }
    } finally {
      held -= size;
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  };
}

/** Bytes as text. Refuses with 400 what is not UTF-8. */
export function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RefusedRequest(400, "The body is not UTF-8.");
  return bytes.toString();
}

function tooLarge(maxBytes: number) {
  return new RefusedRequest(413, `The body is larger than ${maxBytes} bytes; send fewer rows a request.`);
}
