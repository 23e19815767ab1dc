import { chmod, copyFile, lstat, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "../../core/canonical.ts";
import type { SourceTree, TreeEntry } from "../../core/source/tree.ts";

/** A plain folder as a SourceTree: every regular file in it, no Git. */
export function folderTree(root: string): SourceTree {
  const bytes = (path: string) => readFile(join(root, path)).catch(() => undefined);
  return {
    commit: undefined,
    list: async (prefix = "") => {
      const found: TreeEntry[] = [];
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name).slice(root.length + 1);
        if (
          !entry.isFile() ||
          path.startsWith(".git/") ||
          !(path === prefix || path.startsWith(prefix && `${prefix}/`))
        )
          continue;
        const { mode, size } = await lstat(join(root, path));
        found.push({ path, kind: mode & 0o100 ? "executable" : "file", size });
      }
      return found.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    read: bytes,
    readMany: (paths) => Promise.all(paths.map(bytes)),
    digest: async (path) => {
      const content = await bytes(path);
      return content && sha256(content);
    },
    export: async (paths, folder) => {
      await mkdir(folder, { recursive: true });
      for (const path of paths) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await copyFile(join(root, path), join(folder, path));
        await chmod(join(folder, path), (await lstat(join(root, path))).mode & 0o777);
      }
    },
  };
}
