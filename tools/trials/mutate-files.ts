import { chmod, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "./random.ts";

/** Files below a folder whose path, relative to it, matches; sorted, so that a seed finds the same one. */
export async function filesBelow(folder: string, pattern: RegExp): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => pattern.test(path))
    .sort();
}

export async function flipBit(path: string, random: Random): Promise<string> {
  const bytes = await readFile(path);
  const at = random.int(bytes.length * 8);
  bytes[at >> 3] = (bytes[at >> 3] as number) ^ (1 << (at & 7));
  await writeOver(path, bytes);
  return `bit ${at} of ${path}`;
}

export async function cutShort(path: string, random: Random): Promise<string> {
  const { size } = await stat(path);
  const length = random.int(size);
  await chmod(path, 0o644);
  await truncate(path, length);
  return `${path} cut to ${length} of ${size} bytes`;
}

export async function remove(path: string): Promise<string> {
  await rm(path);
  return `${path} removed`;
}

export async function swap(one: string, other: string): Promise<string> {
  await rename(one, `${one}.swapped`);
  await rename(other, one);
  await rename(`${one}.swapped`, other);
  return `${one} and ${other} swapped`;
}

async function writeOver(path: string, content: Buffer | string): Promise<void> {
  await chmod(path, 0o644);
  await writeFile(path, content);
}
