import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type LockHolder, withLock } from "../core/file-lock.ts";
import { ownerFate, ownerOf } from "../core/process-owner.ts";
import { temporaryFolder } from "./registry/repositories.ts";

const me = () => ({ ...ownerOf(process.pid), refs: { "refs/heads/registry": "1".repeat(40) }, since: Date.now() });
const asked = (patience?: number) => ({
  holder: me(),
  doing: "counting",
  patience,
  clearStale: async () => {
    throw new Error("nothing is stale here");
  },
});

/** The id of a process that has ended. */
async function endedPid(): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ["-p", "process.pid"]);
  return Number(stdout);
}

async function heldBy(owner: LockHolder): Promise<string> {
  const folder = join(await temporaryFolder(), "lock");
  await mkdir(folder);
  await writeFile(join(folder, "7"), JSON.stringify(owner));
  return folder;
}

it("lets one holder in at a time", async () => {
  const folder = await temporaryFolder();
  let inside = 0;
  const most = await Promise.all(
    Array.from({ length: 8 }, () =>
      withLock(folder, asked(), async () => {
        inside += 1;
        await new Promise((resolve) => setTimeout(resolve, 2));
        const now = inside;
        inside -= 1;
        return now;
      }),
    ),
  );
  expect(most).toEqual(Array(8).fill(1));
});

it("is free again after the work failed", async () => {
  const folder = await temporaryFolder();
  const fail = async () => {
    throw new Error("no");
  };
  await expect(withLock(folder, asked(), fail)).rejects.toThrow("no");
  expect(await withLock(folder, asked(50), async () => "done")).toBe("done");
});

it("keeps one small file, however often it is taken", async () => {
  const folder = await temporaryFolder();
  for (let time = 0; time < 5; time += 1) await withLock(folder, asked(), async () => {});
  expect(await readdir(folder)).toEqual(["5"]);
});

it("takes over from a process that has ended, and hands on what it said", async () => {
  const folder = await heldBy({ ...me(), processes: [{ pid: await endedPid(), started: "" }] });
  const stale: LockHolder[] = [];
  const clearStale = async (dead: LockHolder) => {
    stale.push(dead);
  };
  await withLock(folder, { ...asked(), clearStale }, async () => {});
  expect(stale.map(({ refs }) => refs)).toEqual([me().refs]);
});

it("takes over from before the last boot", async () => {
  expect(ownerFate({ ...me(), boot: "another" })).toBe("dead");
});

it.runIf(process.platform === "linux")("is not fooled by a process id that was given out again", () => {
  expect(ownerFate({ ...me(), processes: [{ pid: process.pid, started: "1" }] })).toBe("dead");
});

it("waits for a writer whose Git process still runs", async () => {
  const processes = [{ pid: await endedPid(), started: "" }, ...me().processes];
  expect(ownerFate({ ...me(), processes })).toBe("alive");
});

it.each(["host", "namespace"] as const)("does not judge a process on another %s", async (key) => {
  const folder = await heldBy({ ...me(), [key]: "another", processes: [{ pid: await endedPid(), started: "" }] });
  await expect(withLock(folder, asked(30), async () => {})).rejects.toMatchObject({
    code: "LOCKED",
    problems: [{ hint: expect.stringContaining(join(folder, "7")) }],
  });
});

it("names the file where the owner cannot be read", async () => {
  const folder = await heldBy(me());
  await writeFile(join(folder, "8"), "?");
  await expect(withLock(folder, asked(30), async () => {})).rejects.toMatchObject({ code: "LOCKED" });
});

it("stops waiting on an abort", async () => {
  const folder = await heldBy(me());
  const signal = AbortSignal.abort();
  await expect(withLock(folder, { ...asked(), signal }, async () => {})).rejects.toMatchObject({ code: "INTERRUPTED" });
});
