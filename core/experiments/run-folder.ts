import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

/*
 * `.slipway/runs/<run>/`, a run's own folder:
 *   owner.json                 whose process runs it; gone once it has ended
 *   run.json                   what is known from its first moment on
 *   code.json, code/<blob>     its code: paths and Git's ids; content that no commit holds
 *   curves.jsonl, tracked.json grow while it trains
 *   logs/<step>.log            what user code printed
 *   result.json                how it ended; report.md and charts/ beside it
 *   summary.json               the run on one line, so that a table need not read results: made again where it is missing
 */
export const RUN_FILES = {
  owner: "owner.json",
  start: "run.json",
  code: "code.json",
  contents: "code",
  curves: "curves.jsonl",
  tracked: "tracked.json",
  result: "result.json",
  summary: "summary.json",
} as const;

/** Names of run folders: what else lies there is somebody else's. */
export const LOCAL_RUN = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** A local run's folder, in `.slipway/runs`. */
export function runFolder(runs: string, run: string): string {
  return join(runs, run);
}

/** A file of at most so many bytes that no link leads to; undefined where there is none like that. */
export async function readCapped(path: string, maxBytes: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  try {
    const about = await file?.stat();
    return about?.isFile() && about.size <= maxBytes ? await file?.readFile() : undefined;
  } finally {
    await file?.close();
  }
}

/** The same as JSON of a schema; undefined where it is something else. */
export async function readJson<T>(
  path: string,
  maxBytes: number,
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
): Promise<T | undefined> {
  const content = await readCapped(path, maxBytes);
  if (content === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(content.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
