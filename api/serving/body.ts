import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { RefusedRequest } from "./refusal.ts";

export interface BodyLimits {
  /** Bytes of one body. */
  one: number;
  /** Bytes of all large bodies that are being read or wait for their answer: neither clients nor a slow program fill memory. */
  all: number;
  /** Bytes of a body that needs no such room: large ones that take all of it keep out nobody else. */
  small: number;
}

export const BODY_LIMITS: BodyLimits = { one: 16 * 1024 * 1024, all: 256 * 1024 * 1024, small: 64 * 1024 };

/** Reads a request's body. */
export type ReadBody = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<Buffer>;

/**
 * Reads bodies up to their limits alone. A body counts until its request was answered or given up. Rejects with 413 for a body that is larger, with 503 while others take all the room,
 * and with 415 for one that is compressed. How long a body may take is the server's request time-out.
 */
export function bodyReader(limits: BodyLimits): ReadBody {
  let held = 0;
  return async (incoming, outgoing) => {
    const encoding = incoming.headers["content-encoding"] ?? "identity";
    if (encoding.trim().toLowerCase() !== "identity")
      throw new RefusedRequest(415, `This server reads no compressed bodies, and got ${encoding.slice(0, 100)}.`);
    if (Number(incoming.headers["content-length"] ?? 0) > limits.one) throw tooLarge(limits.one);
    const chunks: Buffer[] = [];
    let size = 0;
    let room = 0;
    outgoing.once("close", () => {
      held -= room;
      room = 0;
    });
    await eachChunk(incoming, (chunk) => {
      size += chunk.length;
      if (size > limits.one) throw tooLarge(limits.one);
      if (size > limits.small && !outgoing.closed) {
        held += size - room;
        room = size;
        if (held > limits.all) throw busy();
      }
      chunks.push(chunk);
    });
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  };
}

/**
 * Hands over each piece of a body, and resolves at its end. Rejects with what `take` throws, and reads no further: the connection
 * stays, as whoever sent too much still gets an answer. A stream's own iterator does the same, and takes far more time for it.
 */
function eachChunk(incoming: IncomingMessage, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const takeOne = (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (refusal) {
        incoming.off("data", takeOne).pause();
        reject(refusal);
      }
    };
    incoming.on("data", takeOne).on("end", resolve).on("error", reject);
    if (incoming.destroyed) reject(new Error("The client left in the middle of its request."));
  });
}

/** Bytes as text. Refuses with 400 what is not UTF-8. */
export function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RefusedRequest(400, "The body is not UTF-8.");
  return bytes.toString();
}

function busy() {
  return new RefusedRequest(503, "Too many large requests are being read and answered; ask again.");
}

function tooLarge(maxBytes: number) {
  return new RefusedRequest(413, `The body is larger than ${maxBytes} bytes; send fewer rows a request.`);
}
