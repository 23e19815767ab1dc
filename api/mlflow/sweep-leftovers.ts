import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Milliseconds: no upload or download takes longer. */
const LEFT_AFTER = 86_400_000;

/**
 * The folders of unfinished uploads, and of copies that a killed server was sending. They lie beside the uploads,
 * which stay.
 */
export const LEFTOVERS = { partial: ".partial", copies: ".copies" } as const;

/** Removes what killed servers left. If something cannot be removed, it stays for the next time. */
export async function sweepUploads(uploads: string, now = Date.now()): Promise<void> {
  for (const folder of Object.values(LEFTOVERS)) {
    for (const name of await readdir(join(uploads, folder)).catch(() => [])) {
      const file = join(uploads, folder, name);
      const about = await stat(file).catch(() => undefined);
      if (about && now - about.mtimeMs > LEFT_AFTER) await rm(file, { recursive: true, force: true }).catch(() => {});
    }
  }
}
