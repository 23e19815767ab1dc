import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommitId } from "../../schemas/names.ts";
import type { Repository } from "./repository.ts";

/**
 * Where a ref points, read from its own file: what Git does first. Undefined where there is none, since the ref may be packed,
 * symbolic, or kept in another way: then ask Git. A server asks this with each request, and so it waits for no process.
 */
export function looseRef({ commonFolder }: Pick<Repository, "commonFolder">, ref: string): CommitId | undefined {
  try {
    const [, id] = /^([0-9a-f]{40})\n?$/.exec(readFileSync(join(commonFolder, ref), "utf8")) ?? [];
    return id;
  } catch {
    return undefined;
  }
}
