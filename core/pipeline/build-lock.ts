import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SlipwayError } from "../errors.ts";
import { Owner, ownerLives, thisOwner } from "./owner.ts";
import { writeDurably } from "./write-durably.ts";

/**
 * One holder at a time, also after a `kill -9`. The holder is the highest of the files owner-1, owner-2 …; the next
 * number is taken by whoever links it first, and only once the last holder has released it or is dead. Nothing is
 * deleted but by `clear`, when there is nothing left to guard.
 */
export interface BuildLock {
  release(): Promise<void>;
  /** Releases, and removes the lock's files: for when the guarded work is done for good. */
  clear(): Promise<void>;
}

/** Waits at most `waitMs`, then rejects with LOCKED; INTERRUPTED on an abort. */
export async function takeBuildLock(
  folder: string,
  options: { waitMs: number; signal?: AbortSignal | undefined },
): Promise<BuildLock> {
  await mkdir(folder, { recursive: true });
  const deadline = Date.now() + options.waitMs;
  for (;;) {
    if (options.signal?.aborted)
      throw new SlipwayError("INTERRUPTED", "Interrupted while waiting for another run's setup");
    const names = (await readdir(folder)).filter((name) => /^owner-\d+$/.test(name));
    const last = Math.max(0, ...names.map((name) => Number(name.slice("owner-".length))));
    if (last === 0 || !(await isHeld(join(folder, `owner-${last}`)))) {
      const mine = await claim(folder, last + 1);
      if (mine) return mine;
      continue;
    }
    if (Date.now() > deadline) {
      throw new SlipwayError("LOCKED", "Another run has been setting up the same environment for too long", {
        found: await readFile(join(folder, `owner-${last}`), "utf8").catch(() => "no owner"),
        hint: `If that process is gone, delete ${folder}.`,
      });
    }
    await sleep(50);
  }
}

async function claim(folder: string, number: number): Promise<BuildLock | undefined> {
  const path = join(folder, `owner-${number}`);
  const temporary = join(folder, `new-${randomUUID()}`);
  await writeDurably(temporary, JSON.stringify(thisOwner()));
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return {
    release: async () => {
      await writeDurably(temporary, JSON.stringify({ released: true }));
      await rename(temporary, path);
    },
    clear: async () => {
      // One's own goes last: until then nobody else can hold the lock.
      for (let each = 1; each <= number; each++) await rm(join(folder, `owner-${each}`), { force: true });
    },
  };
}

async function isHeld(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return false;
  try {
    const owner = Owner.safeParse(JSON.parse(text));
    return owner.success && ownerLives(owner.data);
  } catch {
    return false;
  }
}
