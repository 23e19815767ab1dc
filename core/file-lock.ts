import { randomUUID } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { SlipwayError } from "./errors.ts";
import { ownerFate, ProcessOwner } from "./process-owner.ts";
import { writeSynced } from "./write-durably.ts";

/*
 * The lock is a folder of numbered files. Whoever linked the greatest number holds it; an empty file is
 * a released one. Taking over means linking the next number, so nobody ever deletes a file that could
 * be the holder's: two that find the same dead holder cannot both succeed. These files are touched synchronously: each
 * takes microseconds, which is less than handing it over to a thread and waiting for it.
 */

/** Who holds a lock, and what they may leave behind. */
export const LockHolder = ProcessOwner.extend({
  refs: z.record(z.string(), z.string()).describe("Each Git ref that it may lock, and the id that it puts there."),
  since: z.number().describe("Milliseconds since 1970."),
});
export type LockHolder = z.infer<typeof LockHolder>;

interface LockOptions {
  holder: LockHolder;
  /** What a holder does, for the words of a refusal: "writing the registry". */
  doing: string;
  /** How long to wait, in milliseconds. Default 20,000. */
  patience?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called with what a holder that is proven dead said, before anything else happens. */
  clearStale?: ((dead: LockHolder) => Promise<void>) | undefined;
}

/**
 * Runs `work` while holding the lock, which a holder that is proven dead loses, also after a `kill -9`.
 * Rejects with LOCKED after `patience`, INTERRUPTED on an abort while waiting.
 */
export async function withLock<T>(folder: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const held = await acquire(folder, options);
  try {
    for (const number of numbers(folder).filter((number) => number < held)) {
      const path = join(folder, String(number));
      const state = readHolder(path);
      if (state === "gone" || (state !== "released" && ownerFate(state) !== "dead")) continue;
      if (state !== "released") await options.clearStale?.(state);
      rmSync(path, { force: true });
    }
    return await work();
  } finally {
    truncateSync(join(folder, String(held)), 0);
  }
}

/** Who is named as holding the lock, newest first, and whether they still can; nobody where it was never taken. */
export function lockHolders(folder: string): { holder: LockHolder; fate: ReturnType<typeof ownerFate> }[] {
  if (!existsSync(folder)) return [];
  const files = numbers(folder).sort((a, b) => b - a);
  const holders = files.map((file) => readHolder(join(folder, String(file))));
  return holders.flatMap((holder) => (typeof holder === "string" ? [] : [{ holder, fate: ownerFate(holder) }]));
}

async function acquire(folder: string, options: LockOptions): Promise<number> {
  const { holder, doing, patience = 20_000, signal } = options;
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `new-${randomUUID()}`);
  const deadline = Date.now() + patience;
  try {
    // Others who share the repository have to read who holds it.
    await writeSynced(temporary, JSON.stringify(holder), 0o666);
    for (let tries = 0; ; tries++) {
      if (signal?.aborted) throw new SlipwayError("INTERRUPTED", `Interrupted while another process was ${doing}`);
      const newest = Math.max(0, ...numbers(folder));
      const state = newest === 0 ? "released" : readHolder(join(folder, String(newest)));
      const fate = typeof state === "string" ? state : ownerFate(state);
      if (fate === "released" || fate === "dead") {
        const mine = join(folder, String(newest + 1));
        if (linked(temporary, mine)) {
          if (Math.max(...numbers(folder)) === newest + 1) return newest + 1;
          rmSync(mine, { force: true });
        }
      } else if (fate !== "gone" && Date.now() > deadline) {
        throw locked(join(folder, String(newest)), doing, state as LockHolder, fate);
      }
      await sleep(2 + Math.random() * Math.min(10 + tries, 50));
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

function numbers(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number);
}

function readHolder(path: string): LockHolder | "released" | "gone" {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "gone";
    throw error;
  }
  if (text === "") return "released";
  try {
    return LockHolder.parse(JSON.parse(text));
  } catch (cause) {
    throw new SlipwayError("LOCKED", `The lock ${path} cannot be read.`, {
      hint: "If no slipway process is running on this repository, delete the file.",
      cause,
    });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function locked(path: string, doing: string, holder: LockHolder, fate: string): SlipwayError {
  const pids = holder.processes.map((process) => process.pid).join(", ");
  const hint =
    fate === "alive"
      ? "Wait for it to finish, then run the same command again."
      : `It cannot be seen from here. If it has ended, delete ${path} and run the same command again.`;
  return new SlipwayError("LOCKED", `Another process is ${doing}: ${pids} on ${holder.host}.`, {
    found: `held since ${new Date(holder.since).toISOString()}`,
    hint,
  });
}
