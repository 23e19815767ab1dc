import { randomBytes } from "node:crypto";
import { access, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { SlipwayError } from "../errors.ts";
import { type EncodedObject, objectHeader } from "./encode.ts";

const compress = promisify(deflate);

/**
 * Writes loose objects, durably: each is complete and synced under a temporary name before it gets
 * its own. Resolves when all are there. An object that sits in a pack is written again, which Git
 * allows and `git gc` mends. `objectFolder` is what `git rev-parse --git-path objects` says.
 */
export async function writeObjects(objectFolder: string, objects: readonly EncodedObject[]): Promise<void> {
  try {
    await Promise.all(objects.map((object) => writeObject(objectFolder, object)));
  } catch (cause) {
    throw new SlipwayError("GIT_FAILED", `Could not write to Git's object folder: ${(cause as Error).message}`, {
      found: objectFolder,
      hint: "Check the folder's permissions and the free space, then run the same command again: nothing was changed.",
      cause,
    });
  }
}

async function writeObject(objectFolder: string, { id, type, content }: EncodedObject): Promise<void> {
  const folder = join(objectFolder, id.slice(0, 2));
  const path = join(folder, id.slice(2));
  if (await exists(path)) return;
  await mkdir(folder, { recursive: true });
  // Git's own prefix for unfinished objects: `git gc` clears what a killed writer left.
  const temporary = join(folder, `tmp_obj_${randomBytes(8).toString("hex")}`);
  const bytes = await compress(Buffer.concat([Buffer.from(objectHeader(type, content.length)), content]), { level: 1 });
  try {
    const file = await open(temporary, "wx", 0o444);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
