import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { SlipwayError } from "../errors.ts";
import { writeSynced } from "../write-durably.ts";
import { type EncodedObject, objectHeader } from "./encode.ts";
import { encodePack } from "./pack.ts";

/** More objects than this are one pack: two files to sync in place of one for each, which is most of what a write waits for. */
const MAX_LOOSE = 3;

/**
 * Writes objects, durably: each file is complete and synced under a temporary name before it gets its own. Few are loose
 * files, many are a pack. Resolves when all are there. An object that is there already may be written again, which Git
 * allows and upkeep mends. `objectFolder` is what `git rev-parse --git-path objects` says.
 */
export async function writeObjects(objectFolder: string, objects: readonly EncodedObject[]): Promise<void> {
  try {
    if (objects.length > MAX_LOOSE) await writePack(objectFolder, objects);
    else await Promise.all(objects.map((object) => writeLoose(objectFolder, object)));
  } catch (cause) {
    throw new SlipwayError("GIT_FAILED", `Could not write to Git's object folder: ${(cause as Error).message}`, {
      found: objectFolder,
      hint: "Check the folder's permissions and the free space, then run the same command again: nothing was changed.",
      cause,
    });
  }
}

async function writeLoose(objectFolder: string, { id, type, content }: EncodedObject): Promise<void> {
  const folder = join(objectFolder, id.slice(0, 2));
  const path = join(folder, id.slice(2));
  if (existsSync(path)) return;
  mkdirSync(folder, { recursive: true });
  const whole = Buffer.concat([Buffer.from(objectHeader(type, content.length)), content]);
  renameSync(await synced(join(folder, "tmp_obj_"), deflateSync(whole, { level: 1 })), path);
}

async function writePack(objectFolder: string, objects: readonly EncodedObject[]): Promise<void> {
  const { name, pack, index } = encodePack(objects);
  const folder = join(objectFolder, "pack");
  mkdirSync(folder, { recursive: true });
  // The index gets its name last: until it is there, no reader looks for the pack.
  const written = await Promise.allSettled([
    synced(join(folder, "tmp_pack_"), pack).then((file) => renameSync(file, join(folder, `pack-${name}.pack`))),
    synced(join(folder, "tmp_idx_"), index),
  ]);
  const [packed, indexed] = written;
  if (packed.status === "fulfilled" && indexed.status === "fulfilled")
    return renameSync(indexed.value, join(folder, `pack-${name}.idx`));
  if (indexed.status === "fulfilled") rmSync(indexed.value, { force: true });
  for (const each of written) if (each.status === "rejected") throw each.reason;
}

/** A whole file under a temporary name, with Git's own prefix for unfinished ones: `git gc` clears what a killed writer left. */
async function synced(prefix: string, bytes: Buffer): Promise<string> {
  const temporary = `${prefix}${randomBytes(8).toString("hex")}`;
  await writeSynced(temporary, bytes, 0o444);
  return temporary;
}
