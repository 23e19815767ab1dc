import type { Readable } from "node:stream";
import type { RefUpdate } from "../rules/enforce.ts";

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Reads what a push wants, up to the flush packet that ends it; `read` is all that was taken from the stream, to be
 * handed on before the rest. Rejects if it is no push, or names more refs than fit 16 MiB.
 */
export async function readPushCommands(body: Readable): Promise<{ updates: RefUpdate[]; read: Buffer }> {
  let read = Buffer.alloc(0);
  for (;;) {
    const updates = parseCommands(read);
    if (updates !== undefined) return { updates, read };
    const chunk: Buffer | null = await nextChunk(body);
    if (chunk === null || read.length > MOST_BYTES) throw new Error("The push does not say what it wants");
    read = Buffer.concat([read, chunk]);
  }
}

/** Undefined while the flush packet is not there. */
function parseCommands(bytes: Buffer): RefUpdate[] | undefined {
  const updates: RefUpdate[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 4), 16);
    if (length === 0) return updates;
    if (!(length > 4)) throw new Error("The push is malformed");
    if (at + length > bytes.length) return undefined;
    const [line = ""] = bytes.toString("utf8", at + 4, at + length).split("\0");
    const [old = "", to = "", ref = ""] = line.trimEnd().split(" ");
    if (/^[0-9a-f]{40}$/.test(old)) updates.push({ old, new: to, ref });
    at += length;
  }
  return undefined;
}

function nextChunk(body: Readable): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const settle = (take: () => void) => () => {
      body.off("readable", onReadable).off("end", onEnd).off("error", onError);
      take();
    };
    const onReadable = () => {
      const chunk: Buffer | null = body.read();
      if (chunk !== null) settle(() => resolve(chunk))();
    };
    const onEnd = settle(() => resolve(null));
    const onError = (error: Error) => settle(() => reject(error))();
    body.on("readable", onReadable).on("end", onEnd).on("error", onError);
    if (body.readableEnded) onEnd();
  });
}
