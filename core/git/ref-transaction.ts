import { spawn } from "node:child_process";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LockHolder, withLock } from "../file-lock.ts";
import { ownerOf } from "../process-owner.ts";
import type { Repository } from "./repository.ts";
import { gitEnvironment } from "./run.ts";

export interface RefUpdate {
  ref: string;
  to: string;
  /** What it points at now; undefined: it must not exist. */
  from: string | undefined;
}

/**
 * Moves all refs or none, in the order given, each only from its old value. Resolves with undefined,
 * or with Git's words where it refused. Not crash-safe as a whole: a kill between two renames leaves the
 * first refs moved and `.lock` files behind; the next writer clears those of a writer proven dead.
 */
export async function updateRefs(
  repository: Repository,
  updates: readonly RefUpdate[],
  patience?: number,
): Promise<string | undefined> {
  // The Git process is there before the lock is taken, so that the owner file can name it; until it is
  // told to, it locks nothing, and it gives up when this process is gone.
  const child = spawn(
    "git",
    ["-C", repository.folder, "-c", "core.filesRefLockTimeout=1000", "update-ref", "--stdin"],
    { stdio: ["pipe", "ignore", "pipe"], env: gitEnvironment() },
  );
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    words = (words + chunk).slice(0, 10_000);
  });
  child.stdin.on("error", () => {});
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  ended.catch(() => {});
  const refs = Object.fromEntries(updates.map(({ ref, to }) => [ref, to]));
  try {
    const holder = { ...ownerOf(process.pid, child.pid ?? process.pid), refs, since: Date.now() };
    const clearStale = (dead: LockHolder) => clearStaleLocks(repository, dead);
    const folder = join(repository.commonFolder, "slipway", "writer");
    return await withLock(
      folder,
      { holder, doing: "writing the repository's branches", patience, clearStale },
      async () => {
        const lines = updates.map(({ ref, to, from }) =>
          from ? `update ${ref} ${to} ${from}` : `create ${ref} ${to}`,
        );
        child.stdin.end(["start", ...lines, "prepare", "commit", ""].join("\n"));
        const code = await ended;
        // Ended by a signal: it cleared nothing itself.
        if (code === null) await clearStale(holder);
        return code === 0 ? undefined : words.trim() || `git update-ref ended with ${code}`;
      },
    );
  } finally {
    child.stdin.destroy();
    await ended.catch(() => {});
  }
}

/** Removes `<ref>.lock` where it holds what the dead owner would have written, or nothing yet. */
async function clearStaleLocks(repository: Repository, dead: LockHolder): Promise<void> {
  for (const [ref, id] of Object.entries(dead.refs)) {
    const path = join(repository.commonFolder, `${ref}.lock`);
    const content = await contentOf(path);
    if (content === undefined) continue;
    const theirs = content === `${id}\n` || (content === "" && (await staysEmpty(path, dead.since)));
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
