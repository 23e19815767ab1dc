import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LockedFile } from "../../schemas/data-record.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { Database } from "../data/database.ts";
import { countRows } from "../data/source.ts";
import { SlipwayError } from "../errors.ts";
import { dataUri } from "../spec/data-uri.ts";

/** What is counted for a few words: more files, or larger ones, are told of by their sizes alone. */
const MOST_FILES = 100;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * How many rows files that were just pinned have, by their digests. One that cannot be read is left out: the run says so. `cache` is
 * where they were fetched to.
 */
export async function rowsOfPins(
  files: readonly LockedFile[],
  { cache, signal }: { cache: string; signal?: AbortSignal | undefined },
): Promise<Map<Sha256, number>> {
  const rows = new Map<Sha256, number>();
  const few = files.filter(({ size }) => size <= MOST_BYTES).slice(0, MOST_FILES);
  if (few.length === 0) return rows;
  const here = few.map(({ uri, sha256 }) => {
    const { scheme, path, name } = dataUri(uri);
    return { path: uri, name, sha256, file: scheme === "file" ? path : join(cache, sha256) };
  });
  const work = await mkdtemp(join(tmpdir(), "slipway-pins-"));
  try {
    const folder = join(work, "rows");
    await mkdir(folder);
    const db = await Database.open({ folder, read: here.map(({ file }) => file), write: [], signal });
    try {
      for (const each of here)
        rows.set(each.sha256, await countRows(db, each).catch((error: unknown) => unlessUnreadable(error)));
    } finally {
      await db.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  for (const [sha256, count] of rows) if (count < 0) rows.delete(sha256);
  return rows;
}

function unlessUnreadable(error: unknown): number {
  if (error instanceof SlipwayError && error.kind === "input") return -1;
  throw error;
}
