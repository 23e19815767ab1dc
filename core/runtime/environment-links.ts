import { lstat, mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join, posix } from "node:path";

/**
 * What setup created in a tree: the topmost entries that were not there before (node_modules, .venv), as paths relative to
 * the tree, sorted. Only folders that hold files of before, and the model's own, are looked into.
 */
export async function findNewEntries(tree: string, before: readonly string[], folder: string): Promise<string[]> {
  const files = new Set(before);
  const folders = new Set(["."]);
  for (const path of [...before, posix.join(folder, "x")]) {
    for (let at = posix.dirname(path); !folders.has(at); at = posix.dirname(at)) folders.add(at);
  }
  const found: string[] = [];
  for (const at of folders) {
    for (const entry of await readdir(join(tree, at)).catch(() => [])) {
      const path = posix.join(at, entry);
      if (!files.has(path) && !folders.has(path)) found.push(path);
    }
  }
  return found.sort();
}

/**
 * Puts an environment's entries into an exported tree. A folder that both have holds both's entries; where both have a file,
 * the code's is kept.
 */
export async function linkEnvironment(tree: string, links: readonly { path: string; target: string }[]): Promise<void> {
  for (const { path, target } of links) {
    const place = join(tree, path);
    await mkdir(dirname(place), { recursive: true });
    const isThere = await symlink(target, place).then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return true;
        throw error;
      },
    );
    const both = isThere ? [await lstat(place), await lstat(target)] : [];
    if (!isThere || !both.every((entry) => entry.isDirectory())) continue;
    const inner = await readdir(target);
    await linkEnvironment(
      tree,
      inner.map((name) => ({ path: posix.join(path, name), target: join(target, name) })),
    );
  }
}
