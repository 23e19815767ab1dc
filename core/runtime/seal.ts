import { createHash } from "node:crypto";
import { constants, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { chmod, copyFile, lstat, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Sha256 } from "../../schemas/names.ts";

/**
 * A digest of folders as they stand: each entry's path, kind, rights, size, and the time of its last change (ctime), which
 * no program can set. Contents are not read: 24,000 files of 0.9 GB take 0.2 s so, and 1.8 s to be read. What a symbolic
 * link points at is covered where it lies in one of the folders. Rejects as lstat does.
 */
export async function sealOf(folders: readonly string[]): Promise<Sha256> {
  const hash = createHash("sha256");
  for (const folder of folders) {
    await eachEntry(folder, (path, about) => {
      hash.update(`${path.slice(folder.length)}\0${about.mode} ${about.size} ${about.ctimeNs}\n`);
    });
    hash.update("\n");
  }
  return hash.digest("hex");
}

/**
 * Takes the right to write from the folders' files, and cuts hard links that lead out of them: copies stay. Folders keep it,
 * so that whoever owns them can still remove them.
 */
export async function closeFolders(folders: readonly string[]): Promise<void> {
  const linked = new Map<string, { paths: string[]; links: number }>();
  for (const folder of folders) {
    await eachEntry(folder, (path, about) => {
      if (!about.isFile() || about.nlink < 2n) return;
      const key = `${about.dev}:${about.ino}`;
      const known = linked.get(key);
      if (known) known.paths.push(path);
      else linked.set(key, { paths: [path], links: Number(about.nlink) });
    });
  }
  for (const { paths, links } of linked.values()) {
    if (links === paths.length) continue;
    for (const path of paths) {
      await copyFile(path, `${path}.own`, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(`${path}.own`, (await lstat(path)).mode & 0o777);
      await rename(`${path}.own`, path);
    }
  }
  const open: [string, number][] = [];
  for (const folder of folders) {
    await eachEntry(folder, (path, about) => {
      if (about.isFile()) open.push([path, Number(about.mode)]);
    });
  }
  for (const [path, mode] of open) if (mode & 0o222) await chmod(path, mode & 0o555);
}

/** Whether a symbolic link in a folder leads into another one. */
export async function leadsInto(folder: string, other: string): Promise<boolean> {
  let leads = false;
  await eachEntry(folder, (path, about) => {
    if (leads || !about.isSymbolicLink()) return;
    leads = `${resolve(dirname(path), readlinkSync(path))}/`.startsWith(`${other}/`);
  });
  return leads;
}

/** Every entry below a folder, and the folder itself, in the order of their names; other work goes on between folders. */
async function eachEntry(
  folder: string,
  visit: (path: string, about: ReturnType<typeof lstatBig>) => void,
): Promise<void> {
  const about = lstatBig(folder);
  visit(folder, about);
  if (!about.isDirectory()) return;
  await new Promise<void>((done) => setImmediate(done));
  const folders: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const entry = lstatBig(path);
    if (entry.isDirectory()) folders.push(path);
    else visit(path, entry);
  }
  for (const inner of folders) await eachEntry(inner, visit);
}

const lstatBig = (path: string) => lstatSync(path, { bigint: true });
