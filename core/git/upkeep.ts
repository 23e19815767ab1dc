import { spawn } from "node:child_process";
import { readdir, rm, stat } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LockHolder, withLock } from "../file-lock.ts";
import { ownerOf } from "../process-owner.ts";
import { clearLeftLocks } from "./own-refs.ts";
import type { Repository } from "./repository.ts";
import { gitEnvironment } from "./run.ts";
import { upkeepLock } from "./upkeep-lock.ts";

/** How much may lie about. */
export interface UpkeepLimits {
  packs: number;
  /** Files below `refs`. */
  refs: number;
  /** Files of single objects: estimated from one folder of 256, as Git itself does. */
  objects: number;
}

export const UPKEEP_LIMITS: UpkeepLimits = { packs: 50, refs: 1_000, objects: 5_000 };
/** What a killed process left half written is removed when it is older than any write takes. */
const LEFT_AFTER = 24 * 3_600_000;

/** What has to be done: some of it, or nothing. */
export interface UpkeepDue {
  repack: boolean;
  packRefs: boolean;
}

/** Counts what lies about. `refs` is a folder of refs that grows, such as `refs/tags`. */
export async function upkeepDue(
  { commonFolder, objectFolder }: Repository,
  refs: string,
  limits: UpkeepLimits = UPKEEP_LIMITS,
): Promise<UpkeepDue> {
  const [packs, loose, single] = await Promise.all(
    [join(objectFolder, "pack"), join(commonFolder, refs), join(objectFolder, "17")].map((folder) =>
      readdir(folder).catch(() => []),
    ),
  );
  const objects = (single?.length ?? 0) * 256;
  const repack =
    (packs ?? []).filter((name) => name.endsWith(".pack")).length > limits.packs || objects > limits.objects;
  return { repack, packRefs: (loose?.length ?? 0) > limits.refs };
}

/**
 * Packs what lies about, at the lowest priority: single objects and small packs into larger ones, so that each object is
 * packed again only a few times in its life, and refs into one file. Nothing is ever pruned: what a writer wrote and no ref
 * leads to yet is packed with the rest. Readers find an object where it was or where it is; a writer waits for no more than
 * the lock of one ref. Killed at any moment, it leaves the repository whole, and a lock of its own that the next one clears.
 * Resolves with false where another process is at it.
 */
export async function upkeep(repository: Repository, { repack, packRefs }: UpkeepDue, refs: string): Promise<boolean> {
  // Without --all a branch keeps its own file, from which its readers have it at once.
  const all = refs.startsWith("refs/tags") ? [] : ["--all"];
  const steps = [
    ...(repack ? [waiting(repository, ["repack", "--geometric=2", "-d", "-q"])] : []),
    ...(packRefs ? [waiting(repository, ["pack-refs", ...all])] : []),
  ];
  const pids = steps.flatMap(({ pid }) => pid ?? []);
  const holder = { ...ownerOf(process.pid, ...pids), refs: {}, since: Date.now() };
  const clearStale = async (dead: LockHolder) => {
    await clearPackedRefsLock(repository, dead);
    // Each ref that was packed was locked too.
    await clearLeftLocks(repository, ["refs/tags", "refs/remotes", "refs/slipway"]);
  };
  const lock = upkeepLock(repository);
  try {
    await withLock(lock, { holder, doing: "packing the repository", patience: 0, clearStale }, async () => {
      for (const step of steps) await step.go();
      await sweep(join(repository.objectFolder, "pack"));
    });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === "LOCKED") return false;
    throw error;
  } finally {
    for (const step of steps) step.end();
  }
}

/**
 * A Git process that is there, so that the lock's owner file can name it, and does nothing before it is told to; never,
 * where this process is gone. It has failed where something else is at it too, or the disk is full: the next one does it.
 */
function waiting({ commonFolder }: Repository, args: readonly string[]) {
  const script = 'read -r go && exec git "$@"';
  const child = spawn("sh", ["-c", script, "sh", `--git-dir=${commonFolder}`, ...args], {
    env: gitEnvironment(),
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.once("error", () => resolve()).once("close", () => resolve()));
  child.stdin.on("error", () => {});
  return {
    pid: child.pid,
    go() {
      try {
        setPriority(child.pid as number, constants.priority.PRIORITY_LOW);
      } catch {
        // It ended already.
      }
      child.stdin.end("go\n");
      return ended;
    },
    end: () => void child.stdin.end(),
  };
}

/** A lock that was there when its owner was alive, and that nobody works on: the owner's Git was killed with it. */
async function clearPackedRefsLock({ commonFolder }: Repository, dead: LockHolder): Promise<void> {
  const path = join(commonFolder, "packed-refs.lock");
  const look = async () => stat(path).catch(() => undefined);
  const before = await look();
  if (before === undefined || before.mtimeMs < dead.since - 1_000) return;
  await sleep(1_000);
  const after = await look();
  if (after?.ino === before.ino && after.mtimeMs === before.mtimeMs && after.size === before.size)
    await rm(path, { force: true });
}

/** Half-written files of killed processes, Git's own and ours: a pack without its index is one too. */
async function sweep(folder: string): Promise<void> {
  const names = new Set(await readdir(folder).catch(() => []));
  for (const name of names) {
    const unfinished =
      /^(\.tmp-|tmp_)/.test(name) || (name.endsWith(".pack") && !names.has(name.replace(/pack$/, "idx")));
    if (!unfinished) continue;
    const about = await stat(join(folder, name)).catch(() => undefined);
    if (about && Date.now() - about.mtimeMs > LEFT_AFTER) await rm(join(folder, name), { force: true });
  }
}
