import { access, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SlipwayError } from "../errors.ts";
import { lockHolders, withLock } from "../file-lock.ts";
import { ownerFate, ownerOf, ProcessOwner } from "../process-owner.ts";
import { writeDurably } from "../write-durably.ts";
import { endDescendants } from "./descendants.ts";
import { environmentPlaces } from "./environment-places.ts";
import { removeTree } from "./remove-tree.ts";
import { OPEN, PRIVATE, WorkNote } from "./work-folder.ts";

/** What names no owner may be about to: it is left alone for a day. */
const DAY = 24 * 60 * 60 * 1_000;

/**
 * Clears up after runs that were killed: ends user code that they left running, and removes their temporary folders, their
 * run's folder where it says nothing of the run, and environments that they left half-made. What belongs to other users, and to
 * processes that live or cannot be seen from here, is left alone.
 */
export async function sweepLeftovers(places: {
  temporary?: string | undefined;
  runs: string;
  cache: string;
}): Promise<void> {
  await sweepWorkFolders(places.temporary);
  await sweepRuns(places.runs);
  await sweepEnvironments(places.cache);
}

export async function sweepWorkFolders(parent = tmpdir()): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const living = new Set<string>();
  for (const name of names.filter((each) => each.startsWith(PRIVATE))) {
    const folder = join(parent, name);
    if (!(await isOwn(folder))) continue;
    const note = await readNote(join(folder, "owner.json"), WorkNote);
    if (note && ownerFate(note.owner) !== "dead") living.add(note.open);
    else if (note) {
      await endDescendants({ mark: note.mark, graceMs: 1_000 });
      await removeTree(join(parent, note.open));
      await removeTree(folder);
    } else if (await isOld(folder)) await removeTree(folder);
  }
  for (const name of names.filter((each) => each.startsWith(OPEN) && !living.has(each))) {
    const folder = join(parent, name);
    if ((await isOwn(folder)) && (await isOld(folder))) await removeTree(folder);
  }
}

/** Makes a run's folder; it belongs to this process until `ended`, which is told once its result is written. */
export async function makeRunFolder(folder: string): Promise<{ ended(): Promise<void> }> {
  await mkdir(join(folder, "logs"), { recursive: true });
  const note = join(folder, "owner.json");
  await writeDurably(note, JSON.stringify(ownerOf(process.pid)));
  return { ended: () => rm(note, { force: true }) };
}

async function sweepRuns(runs: string): Promise<void> {
  for (const name of await readdir(runs).catch(() => [])) {
    const folder = join(runs, name);
    const note = join(folder, "owner.json");
    // What a killed run had written of itself stays, for whoever looks what became of it.
    const says = (await exists(join(folder, "result.json"))) || (await exists(join(folder, "run.json")));
    if (says && !(await exists(note))) continue;
    const owner = await readNote(note, ProcessOwner);
    const isLeft = owner ? ownerFate(owner) === "dead" : await isOld(folder);
    if (!isLeft || !(await isOwn(folder))) continue;
    if (says) await rm(note, { force: true });
    else await removeTree(folder);
  }
}

async function sweepEnvironments(cache: string): Promise<void> {
  for (const name of await readdir(join(cache, "env")).catch(() => [])) {
    const { home, ready, made, lock, mark } = environmentPlaces(cache, name);
    if ((await exists(ready)) || !(await exists(made)) || !(await isOwn(home))) continue;
    if (lockHolders(lock).some(({ fate }) => fate !== "dead")) continue;
    const holder = { ...ownerOf(process.pid), refs: {}, since: Date.now() };
    await withLock(lock, { holder, doing: "setting up this environment", patience: 0 }, async () => {
      if (await exists(ready)) return;
      await endDescendants({ mark, graceMs: 1_000 });
      await removeTree(made);
    }).catch((error: unknown) => {
      // Somebody makes it at this moment.
      if (!(error instanceof SlipwayError) || error.code !== "LOCKED") throw error;
    });
  }
}

async function readNote<T>(path: string, schema: { parse(value: unknown): T }): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function isOwn(folder: string): Promise<boolean> {
  const about = await stat(folder).catch(() => undefined);
  return about?.isDirectory() === true && about.uid === process.getuid?.();
}

async function isOld(folder: string): Promise<boolean> {
  const about = await stat(folder).catch(() => undefined);
  return about !== undefined && Date.now() - about.mtimeMs >= DAY;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
