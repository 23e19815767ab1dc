import { constants } from "node:fs";
import { appendFile, open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { CURVE_BYTES, parseCurves } from "../../runtime/curves.ts";

/** So much is read at a time, in bytes. */
const PIECE = 1024 * 1024;

/**
 * Copies points of curves while a training writes them: each call of what it returns takes what came since, one call at a time.
 * Whole lines that are understood go from one file to the end of another. What user code does to its file can only end the copying.
 */
export function copyCurves(from: string, to: string): () => Promise<void> {
  let at = 0;
  let rest = "";
  const decoder = new StringDecoder("utf8");

  async function takeSome(): Promise<void> {
    const file = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
      () => undefined,
    );
    try {
      const about = await file?.stat();
      if (!file || !about?.isFile()) return;
      const end = Math.min(about.size, CURVE_BYTES);
      while (at < end) {
        const { bytesRead, buffer } = await file.read({
          buffer: Buffer.alloc(Math.min(PIECE, end - at)),
          position: at,
        });
        if (bytesRead === 0) return;
        at += bytesRead;
        await keep(decoder.write(buffer.subarray(0, bytesRead)));
      }
    } finally {
      await file?.close();
    }
  }

  async function keep(text: string): Promise<void> {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    const { points } = parseCurves(lines.join("\n"));
    if (points.length > 0) await appendFile(to, points.map((point) => `${JSON.stringify(point)}\n`).join(""));
  }

  // A full disk or a file that is gone must not fail a training: its curves are read once more when it has ended.
  return () => takeSome().catch(() => {});
}
