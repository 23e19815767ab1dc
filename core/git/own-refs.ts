import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { withLock } from "../file-lock.ts";
import { ownerFate, ownerOf, ProcessOwner } from "../process-owner.ts";
import type { Repository } from "./repository.ts";
import { type GitEnd, type GitOptions, runGit } from "./run.ts";

/** Who runs Git on the refs that a repository keeps of its remotes, and since when. */
const Visitor = ProcessOwner.extend({ since: z.number() });
type Visitor = z.infer<typeof Visitor>;

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
    if (!/\.lock': File exists/.test(end.words) || !(await clearLeftLocks(repository)))
      await sleep(Math.random() * 100 * attempt);
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

/** Resolves to whether there is one less. */
async function clearLeftLocks(repository: Repository): Promise<boolean> {
  const { commonFolder } = repository;
  const before = new Map(ownLocks(commonFolder).map((path) => [path, stateOf(path)]));
  await sleep(STILL);
  const holder = { ...ownerOf(process.pid), refs: {}, since: Date.now() };
  const folder = join(commonFolder, "slipway", "clearing");
  return withLock(folder, { holder, doing: "clearing what killed processes left" }, async () => {
    const here = readVisitors(commonFolder);
    let cleared = false;
    for (const [path, state] of before) {
      const now = stateOf(path);
      if (now === undefined || now.text !== state?.text) continue;
      // Whoever came later cannot have made it.
      const makers = here.filter(({ visitor }) => visitor.since <= now.made + 50);
      if (makers.length === 0 || makers.some(({ visitor }) => ownerFate(visitor) !== "dead")) continue;
      rmSync(path, { force: true });
      cleared = true;
    }
    if (ownLocks(commonFolder).length === 0)
      for (const { file, visitor } of here) if (ownerFate(visitor) === "dead") rmSync(file, { force: true });
    return cleared;
  });
}

function visitors(commonFolder: string): string {
  return join(commonFolder, "slipway", "visitors");
}

function readVisitors(commonFolder: string): { file: string; visitor: Visitor }[] {
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

function ownLocks(commonFolder: string): string[] {
  const below = ["refs/remotes", "refs/slipway"].flatMap((folder) => {
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
