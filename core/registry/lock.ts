import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SlipwayError } from "../errors.ts";
import { Owner, ownerFate } from "./owner.ts";

/*
 * The lock is a folder of numbered owner files. Whoever linked the greatest number holds it; an empty
 * file is a released one. Taking over means linking the next number, so nobody ever deletes a file
 * that could be the holder's: two that find the same dead owner cannot both succeed.
 */

/**
 * Runs `work` while holding the lock. An owner that is proven dead is taken over: `clearStale` is
 * called with what it said before anything else happens. Rejects with LOCKED after `patience` ms.
 */
export async function withLock<T>(
  folder: string,
  owner: Owner,
  clearStale: (dead: Owner) => Promise<void>,
  work: () => Promise<T>,
  patience = 20_000,
): Promise<T> {
  const held = await acquire(folder, owner, patience);
  try {
    for (const number of (await numbers(folder)).filter((number) => number < held)) {
      const path = join(folder, String(number));
      const state = await readOwner(path);
      if (state === "gone" || (state !== "released" && ownerFate(state) !== "dead")) continue;
      if (state !== "released") await clearStale(state);
      await rm(path, { force: true });
    }
    return await work();
  } finally {
    await truncate(join(folder, String(held)), 0);
  }
}

async function acquire(folder: string, owner: Owner, patience: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `new-${randomBytes(8).toString("hex")}`);
  const deadline = Date.now() + patience;
  try {
    await writeDurably(temporary, JSON.stringify(owner));
    for (;;) {
      const newest = Math.max(0, ...(await numbers(folder)));
      const state = newest === 0 ? "released" : await readOwner(join(folder, String(newest)));
      const fate = typeof state === "string" ? state : ownerFate(state);
      if (fate === "released" || fate === "dead") {
        const mine = join(folder, String(newest + 1));
        if (await linked(temporary, mine)) {
          if (Math.max(...(await numbers(folder))) === newest + 1) return newest + 1;
          await rm(mine, { force: true });
        }
      } else if (fate !== "gone" && Date.now() > deadline) {
        throw locked(join(folder, String(newest)), state as Owner, fate);
      }
      await sleep(2 + Math.random() * 10);
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

async function numbers(folder: string): Promise<number[]> {
  return (await readdir(folder)).filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
}

async function readOwner(path: string): Promise<Owner | "released" | "gone"> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return "gone";
  if (text === "") return "released";
  try {
    return Owner.parse(JSON.parse(text));
  } catch (cause) {
    throw new SlipwayError("LOCKED", `The registry's lock ${path} cannot be read.`, {
      hint: "If no slipway process is running on this repository, delete the file.",
      cause,
    });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function locked(path: string, owner: Owner, fate: string): SlipwayError {
  const pids = owner.processes.map((process) => process.pid).join(", ");
  const hint =
    fate === "alive"
      ? "Wait for it to finish, then run the same command again."
      : `It cannot be seen from here. If it has ended, delete ${path} and run the same command again.`;
  return new SlipwayError("LOCKED", `Another process is writing the registry: ${pids} on ${owner.host}.`, {
    found: `held since ${new Date(owner.since).toISOString()}`,
    hint,
  });
}
