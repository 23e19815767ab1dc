import { randomUUID } from "node:crypto";
import { lstat, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type NamedObjects, type NamedStore, namedStore } from "../named.ts";
import { Patience } from "../patience.ts";
import { letGo, opened } from "../source.ts";
import { folderBelow } from "./safe-folder.ts";

const DAY = 24 * 60 * 60 * 1_000;
const TEMPORARY = ".slipway-";

/**
 * Objects as files of their names below a folder. Bytes are written to a temporary name beside it, synced and renamed: a killed
 * writer leaves a file that no list names, and that the next writer to the folder takes away after a day.
 */
export function openNamedFolder(root: string): NamedStore {
  const objects: NamedObjects = {
    patience: (waiting) => new Patience(root, waiting),

    async put(name, bytes, patience) {
      const target = join(root, name);
      const folder = dirname(target);
      await patience.call(() => folderBelow(root, folder, true));
      await patience.call(() => sweep(folder));
      const temporary = join(folder, `${TEMPORARY}${randomUUID()}`);
      try {
        const file = await opened(patience, () => open(temporary, "wx", 0o644));
        try {
          await patience.call(() => file.writeFile(bytes));
          await patience.call(() => file.sync());
        } finally {
          letGo(file.close());
        }
        await patience.call(() => rename(temporary, target));
        await patience.call(() => syncFolder(folder));
      } catch (error) {
        letGo(rm(temporary, { force: true }));
        throw error;
      }
    },

    async get(name, most, patience) {
      const path = join(root, name);
      if ((await patience.call(() => folderBelow(root, dirname(path), false))) === undefined) return undefined;
      const about = await patience.call(() => stat(path).catch(nothing));
      if (about !== undefined && about.size > most) return "too-large";
      return patience.call(() => readFile(path).catch(nothing));
    },

    async *list(prefix, patience) {
      const start = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      const pending = [start.slice(0, -1)];
      for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
        const folder = join(root, at);
        if ((await patience.call(() => folderBelow(root, folder, false))) === undefined) continue;
        const entries = await patience.call(() => readdir(folder, { withFileTypes: true }).catch(nothing));
        for (const entry of entries ?? []) {
          const name = at === "" ? entry.name : `${at}/${entry.name}`;
          if (entry.isDirectory()) pending.push(name);
          else if (entry.isFile()) yield name;
        }
      }
    },

    async remove(name, patience) {
      const path = join(root, name);
      if ((await patience.call(() => folderBelow(root, dirname(path), false))) !== undefined)
        await patience.call(() => rm(path, { force: true }));
      return { outcome: "removed" };
    },

    async locate(name, patience) {
      const path = join(root, name);
      if ((await patience.call(() => folderBelow(root, dirname(path), false))) === undefined) return undefined;
      const about = await patience.call(() => lstat(path).catch(nothing));
      return about?.isFile() ? resolve(path) : undefined;
    },
  };
  return namedStore(objects);
}

/** Takes temporary files away that nobody writes any more. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!basename(name).startsWith(TEMPORARY)) continue;
    const about = await stat(join(folder, name)).catch(() => undefined);
    if (about !== undefined && Date.now() - about.mtimeMs > DAY) await rm(join(folder, name), { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

function nothing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
}
