import { closeSync, openSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LockHolder, withLock } from "../file-lock.ts";
import { ownerOf } from "../process-owner.ts";
import { syncFile } from "../write-durably.ts";
import { RefProcess } from "./ref-process.ts";
import type { Repository } from "./repository.ts";

export interface RefUpdate {
  ref: string;
  to: string;
  /** What it points at now; undefined: it must not exist. */
  from: string | undefined;
  /** Whatever it points at now. */
  over?: true;
}

export interface RefOptions {
  /** How long to wait for other writers, in milliseconds. */
  patience?: number | undefined;
  /** What must be done before the refs move, such as writing what they point at: the lock is taken meanwhile. */
  after?: Promise<unknown> | undefined;
}

/**
 * Moves all refs or none, in the order given, each only from its old value; durably. Resolves with undefined,
 * or with Git's words where it refused. Not crash-safe as a whole: a kill between two renames leaves the
 * first refs moved and `.lock` files behind; the next writer clears those of a writer proven dead.
 */
export async function updateRefs(
  repository: Repository,
  updates: readonly RefUpdate[],
  { patience, after }: RefOptions = {},
): Promise<string | undefined> {
  // The Git process is there before the lock is taken, so that the owner file can name it.
  const git = takeProcess(repository);
  const refs = Object.fromEntries(updates.map(({ ref, to }) => [ref, to]));
  const holder = { ...ownerOf(process.pid, git.pid ?? process.pid), refs, since: Date.now() };
  const clearStale = (dead: LockHolder) => clearStaleLocks(repository, dead);
  const folder = writerLock(repository);
  after?.catch(() => {});
  try {
    return await withLock(
      folder,
      { holder, doing: "writing the repository's branches", patience, clearStale },
      async () => {
        await after;
        const done = await git.transact(
          updates.map(({ ref, to, from, over }) =>
            over ? `update ${ref} ${to}` : from ? `update ${ref} ${to} ${from}` : `create ${ref} ${to}`,
          ),
        );
        // Ended by a signal: it cleared nothing itself.
        if (done.outcome === "killed") await clearStale(holder);
        if (done.outcome !== "moved") return done.words;
        await syncFolder(repository, updates[0]);
        return undefined;
      },
    );
  } finally {
    giveBack(repository, git);
  }
}

/** Idle ones, by repository: each is used by one transaction at a time. */
const idle = new Map<string, RefProcess>();

function takeProcess({ commonFolder }: Repository): RefProcess {
  const known = idle.get(commonFolder);
  idle.delete(commonFolder);
  if (!known?.alive) return new RefProcess(commonFolder);
  known.wake();
  return known;
}

function giveBack({ commonFolder }: Repository, git: RefProcess): void {
  if (!git.alive) return;
  if (idle.get(commonFolder)?.alive) {
    git.end();
    return;
  }
  git.rest();
  idle.set(commonFolder, git);
}

/** The last step to the disk, for all that was renamed before: without it the refs could be what they were after a power cut. */
async function syncFolder({ commonFolder }: Repository, update: RefUpdate | undefined): Promise<void> {
  if (update === undefined) return;
  try {
    const folder = openSync(dirname(join(commonFolder, update.ref)), "r");
    await syncFile(folder).finally(() => closeSync(folder));
  } catch {
    // Not every system syncs folders.
  }
}

/** The lock of whoever writes refs. */
export function writerLock({ commonFolder }: Repository): string {
  return join(commonFolder, "slipway", "writer");
}

/** Removes what writers left that are proven dead. Rejects with LOCKED while another one writes. */
export async function clearDeadWriters(repository: Repository): Promise<void> {
  const holder = { ...ownerOf(process.pid), refs: {}, since: Date.now() };
  const clearStale = (dead: LockHolder) => clearStaleLocks(repository, dead);
  const doing = "writing the repository's branches";
  await withLock(writerLock(repository), { holder, doing, clearStale }, async () => {});
}

/** Removes `<ref>.lock` where it holds what the dead owner would have written, all of it or nothing yet. */
async function clearStaleLocks(repository: Repository, dead: LockHolder): Promise<void> {
  for (const [ref, id] of Object.entries(dead.refs)) {
    const path = join(repository.commonFolder, `${ref}.lock`);
    const content = await contentOf(path);
    if (content === undefined) continue;
    // Git writes the id, and then the end of the line.
    const whole = content === `${id}\n` || content === id;
    const theirs = whole || (content === "" && (await staysEmpty(path, dead.since)));
    if (theirs) await rm(path, { force: true });
  }
}

/** An empty lock names no writer: it counts as the dead one's when it is no older, and a second later still empty. */
async function staysEmpty(path: string, since: number): Promise<boolean> {
  const made = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
  if (made < since - 1000) return false;
  await sleep(1000);
  return (await contentOf(path)) === "" && (await stat(path)).mtimeMs === made;
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
