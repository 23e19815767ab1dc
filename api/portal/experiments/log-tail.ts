import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { html } from "hono/html";
import { visibleText } from "../../../core/report/escape-text.ts";
import { openRegular } from "../../../core/tracking/growing-file.ts";
import type { Html } from "../request/page.ts";

const TAIL = 8 * 1024;
const MOST_LINES = 40;

/** The end of the log that a local run wrote last; nothing where there is none. Neither a link nor a pipe is one. */
export async function logTail(folder: string): Promise<{ name: string; lines: string[] } | undefined> {
  const logs = join(folder, "logs");
  // A folder of links and pipes is none of a run's own, and waiting for a pipe would hold up whatever else reads files.
  const entries = (await lstat(logs).catch(() => undefined))?.isDirectory()
    ? await readdir(logs, { withFileTypes: true }).catch(() => [])
    : [];
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".log")).map(({ name }) => name);
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await lstat(join(logs, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  const [newest] = dated.sort((a, b) => b.at - a.at);
  if (newest === undefined) return undefined;
  const file = await openRegular(join(logs, newest.name));
  try {
    const size = (await file?.stat())?.size ?? 0;
    if (file === undefined || size === 0) return undefined;
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - from), position: from });
    const lines = buffer.subarray(0, bytesRead).toString("utf8").split("\n");
    return { name: newest.name, lines: lines.filter((line) => line !== "").slice(-MOST_LINES) };
  } finally {
    await file?.close();
  }
}

export function logTailHtml(tail: Awaited<ReturnType<typeof logTail>>): Html | "" {
  if (tail === undefined) return "";
  return html`<section class="box"><h2>The end of logs/${tail.name}</h2><pre tabindex="0" role="region" aria-label="The end of the log">${tail.lines.map((line) => visibleText(line, 500)).join("\n")}</pre></section>`;
}
