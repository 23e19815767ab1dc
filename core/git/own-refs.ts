import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { lockHolders, withLock } from "../file-lock.ts";
import { ownerFate, ownerOf, ProcessOwner } from "../process-owner.ts";
import { writerLock } from "./ref-transaction.ts";
import type { Repository } from "./repository.ts";
import { type GitEnd, type GitOptions, runGit } from "./run.ts";
import { upkeepLock } from "./upkeep-lock.ts";

/** Who runs Git on the refs that a repository keeps of its remotes, and since when. */
const Visitor = ProcessOwner.extend({ since: z.number() });
type Visitor = z.infer<typeof Visitor>;

const OWN = ["refs/remotes", "refs/slipway"];
const TRIES = 5;
/** A lock that a living Git holds for so long is not one of a ref. */
const STILL = 1_000;

/**
 * One Git process that writes refs below `refs/remotes` and `refs/slipway`, as often as it meets the lock of another one.
 * It says who it is before, so that what it leaves when it is killed is known to be its own: the next one removes that.
 */
export async function runOnOwnRefs(
  repository: Repository,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitEnd> {
  for (let attempt = 1; ; attempt += 1) {
    const end = await runAsVisitor(repository, args, options);
    if (end.code === 0 || attempt === TRIES) return end;
    if (!/cannot lock ref|unable to update local ref|\.lock': File exists/.test(end.words)) return end;
    if (!/\.lock': File exists/.test(end.words)) await sleep(Math.random() * 100 * attempt);
    // Looking took its time: whoever lives has let go of a lock by then.
    else if (!(await clearLeftLocks(repository))) attempt += 1;
  }
}

/** The same once: a push writes such refs too, and has its own answer to a lock, which may be the other side's. */
export async function runAsVisitor(
  { folder: at, commonFolder }: Repository,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitEnd> {
  const folder = visitors(commonFolder);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, randomUUID());
  const say = (...pids: number[]) =>
    writeFileSync(file, JSON.stringify({ ...ownerOf(process.pid, ...pids), since }), { mode: 0o666 });
  const since = Date.now();
  say();
  try {
    return await runGit(at, args, { ...options, started: (pid) => say(pid) });
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Removes locks of refs below `folders` that only processes which are proven dead can have made: those of this file's, and
 * those that packed refs. Resolves to whether there is one less.
 */
export async function clearLeftLocks(repository: Repository, folders: readonly string[] = OWN): Promise<boolean> {
  const { commonFolder } = repository;
  const before = new Map(locksBelow(commonFolder, folders).map((path) => [path, stateOf(path)]));
  if (before.size === 0) return false;
  await sleep(STILL);
  const holder = { ...ownerOf(process.pid), refs: {}, since: Date.now() };
  const folder = join(commonFolder, "slipway", "clearing");
  return withLock(folder, { holder, doing: "clearing what killed processes left" }, async () => {
    const here = readVisitors(commonFolder);
    const packers = lockHolders(upkeepLock(repository)).map(({ holder }) => holder);
    const writers = lockHolders(writerLock(repository));
    const possible = [...here.map(({ visitor }) => visitor), ...packers];
    let cleared = false;
    for (const [path, state] of before) {
      const now = stateOf(path);
      if (now === undefined || now.text !== state?.text) continue;
      // Whoever came later cannot have made it.
      const makers = possible.filter(({ since }) => since <= now.made + 50);
      const written = writers.some(
        ({ holder, fate }) => fate !== "dead" && path.slice(commonFolder.length + 1, -5) in holder.refs,
      );
      if (written || makers.length === 0 || makers.some((maker) => ownerFate(maker) !== "dead")) continue;
      rmSync(path, { force: true });
      cleared = true;
    }
    if (locksBelow(commonFolder, OWN).length === 0)
      for (const { file, visitor } of here) if (ownerFate(visitor) === "dead") rmSync(file, { force: true });
    return cleared;
  });
}

function visitors(commonFolder: string): string {
  return join(commonFolder, "slipway", "visitors");
}

function readVisitors(commonFolder: string): { file: string; visitor: Visitor }[] {
  if (!existsSync(visitors(commonFolder))) return [];
  return readdirSync(visitors(commonFolder)).flatMap((name) => {
    const file = join(visitors(commonFolder), name);
    try {
      return [{ file, visitor: Visitor.parse(JSON.parse(readFileSync(file, "utf8"))) }];
    } catch {
      // It has just left, or is only coming: then it holds nothing yet.
      return [];
    }
  });
}

function locksBelow(commonFolder: string, folders: readonly string[]): string[] {
  const below = folders.flatMap((folder) => {
    try {
      const names = readdirSync(join(commonFolder, folder), { recursive: true, encoding: "utf8" });
      return names.map((name) => join(commonFolder, folder, name));
    } catch {
      return [];
    }
  });
  return below.filter((path) => path.endsWith(".lock"));
}

function stateOf(path: string): { made: number; text: string } | undefined {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return { made: mtimeMs, text: `${ino} ${mtimeMs} ${size}` };
  } catch {
    return undefined;
  }
}
