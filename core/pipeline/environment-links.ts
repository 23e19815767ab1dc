import { mkdir, readdir, readFile, readlink, stat, symlink } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";

/**
 * What setup created in an exported tree: the topmost entries that were not exported (node_modules, .venv), as paths
 * relative to the tree, sorted. Only folders that hold exported files, and the model's own, are looked into.
 */
export async function findNewEntries(tree: string, exported: readonly string[], folder: string): Promise<string[]> {
  const files = new Set(exported);
  const folders = new Set(["."]);
  for (const path of [...exported, posix.join(folder, "x")]) {
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
 * Whether an environment leads back into the code that it was installed beside: a symbolic link (workspaces, `file:`
 * dependencies) or Python's editable installs (`.pth`, `.egg-link`, `__editable__…`).
 */
export async function pointsIntoCode(tree: string, entries: readonly string[]): Promise<boolean> {
  const roots = entries.map((entry) => join(tree, entry));
  const isCode = (path: string) =>
    path.startsWith(`${tree}/`) && !roots.some((root) => path === root || path.startsWith(`${root}/`));
  const pending = [...roots];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) {
      if (isCode(resolve(dirname(path), target))) return true;
      continue;
    }
    const about = await stat(path).catch(() => undefined);
    if (!about?.isDirectory()) continue;
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (entry.isDirectory() || entry.isSymbolicLink()) pending.push(inner);
      else if (entry.name.startsWith("__editable__")) return true;
      else if (/\.(pth|egg-link)$/.test(entry.name) && (await mentions(inner, tree))) return true;
    }
  }
  return false;
}

async function mentions(file: string, tree: string): Promise<boolean> {
  const { size } = await stat(file);
  return size > 1 << 20 || (await readFile(file, "utf8")).includes(`${tree}/`);
}

/** Puts an environment's entries into an exported tree. A file of the code at the same place is kept. */
export async function linkEnvironment(tree: string, links: readonly { path: string; target: string }[]): Promise<void> {
  for (const { path, target } of links) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await symlink(target, join(tree, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
