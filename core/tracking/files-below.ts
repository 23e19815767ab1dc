import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS } from "./limits.ts";

/**
 * The regular files below a folder as paths relative to it, sorted; none where there is no folder, or where a link leads to it.
 * Links are not followed, and `skip` names paths that are not looked into. Gives up after so many entries, and tells it.
 */
export async function filesBelow(
  folder: string,
  options: { skip?: readonly string[]; onTooMany?: (() => void) | undefined } = {},
): Promise<string[]> {
  const { skip = [], onTooMany } = options;
  const files: string[] = [];
  const pending = (await isReal(folder)) ? [{ path: "", depth: 0 }] : [];
  let seen = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, depth } = next;
    for (const entry of await readdir(join(folder, path), { withFileTypes: true }).catch(() => [])) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      seen += 1;
      if (seen > LIMITS.entries || depth > LIMITS.depth) {
        onTooMany?.();
        return files.sort();
      }
      if (entry.isFile()) files.push(below);
      else if (entry.isDirectory() && !skip.includes(below)) pending.push({ path: below, depth: depth + 1 });
    }
  }
  return files.sort();
}

/** The names of a folder's own folders, sorted; none where a link leads to it. */
export async function foldersIn(folder: string): Promise<string[]> {
  if (!(await isReal(folder))) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function isReal(folder: string): Promise<boolean> {
  return (await realpath(folder).catch(() => undefined)) === folder;
}
