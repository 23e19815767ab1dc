import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { RefusedRequest } from "./refusal.ts";

/**
 * A request's body as text, read up to a size alone. Rejects with 413 for more, with 415 for one that is compressed, and with
 * 400 for one that is not UTF-8. How long a body may take is the server's request time-out.
 */
export async function bodyText(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  const encoding = incoming.headers["content-encoding"] ?? "identity";
  if (encoding.trim().toLowerCase() !== "identity")
    throw new RefusedRequest(415, `This server reads no compressed bodies, and got ${encoding.slice(0, 100)}.`);
  if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  // Whoever sent too much still gets an answer: leaving the loop does not end the connection.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  if (!isUtf8(whole)) throw new RefusedRequest(400, "The body is not UTF-8.");
  return whole.toString();
}

function tooLarge(maxBytes: number) {
  return new RefusedRequest(413, `The body is larger than ${maxBytes} bytes; send fewer rows a request.`);
}
