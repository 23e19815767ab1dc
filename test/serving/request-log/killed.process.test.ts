import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ownerOf } from "../../../core/process-owner.ts";
import { makeSpoolFolder, spooledIn } from "../../../core/serving/request-log/spool-folder.ts";
import { entry, places, until } from "./setting.ts";

/** A process that has ended by SIGKILL: whose folder says that it was its own. */
async function killedOwner() {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  const owner = ownerOf(child.pid as number);
  child.kill("SIGKILL");
  await once(child, "exit");
  return owner;
}

/** What a killed server left: rows on the disk, and behind them what it had begun to write. */
async function leave(spool: string, half: string): Promise<string> {
  const { open } = await places();
  const log = await open({ spool, replica: "dead" });
  log.record(entry());
  log.record(entry({ id: "r2" }));
  const folder = join(spool, "dead");
  await until(() => log.state().spooled > 700);
  const [waiting] = await spooledIn(folder);
  await appendFile(waiting?.path as string, half);
  await writeFile(join(folder, "owner.json"), JSON.stringify(await killedOwner()));
  return folder;
}

it.each([
  ["nothing", ""],
  ["half a row", '["r3/0","r3",0,"2026-'],
  ["half a character", "\xc3"],
])("sends the rows of a process that was killed, and %s behind them, at the next start", async (_, half) => {
  const { open, rows, spool, store } = await places();
  await leave(spool, half);
  const log = await open();
  await until(async () => (await store.list("")).length > 0);
  await until(async () => !(await readdir(spool)).includes("dead"));
  expect((await rows()).map((row) => row["slipway_id"])).toEqual(["r1/0", "r2/0"]);
  await log.close(10_000);
});

it("sends the rows of a process that was killed once, if two start at the same time", async () => {
  const { open, rows, spool } = await places();
  await leave(spool, "");
  const logs = await Promise.all([open(), open()]);
  await until(async () => !(await readdir(spool)).includes("dead"));
  for (const log of logs) {
    expect(log.state().problem).toBeUndefined();
    expect(log.state().dropped.failed).toBe(0);
    await log.close(10_000);
  }
  expect((await rows()).map((row) => row["slipway_id"])).toEqual(["r1/0", "r2/0"]);
});

it("sets rows apart whose middle is spoilt, and keeps them for a person", async () => {
  const { open, spool } = await places();
  const folder = await leave(spool, "not json\n[1]\n");
  const log = await open();
  await until(() => log.state().problem !== undefined);
  expect((await readdir(folder)).sort()).toEqual(["owner.json", "penguins.20261129T16.dead-1.jsonl.unreadable"]);
  expect(log.state().dropped.failed).toBe(4);
  await log.close(10_000);
});

it("leaves the rows of a process alone that still serves", async () => {
  const { open, spool, store } = await places();
  const first = await open();
  first.record(entry());
  await until(() => first.state().spooled > 0);
  const second = await open();
  await second.close(10_000);
  expect(await store.list("")).toEqual([]);
  expect(await readdir(spool)).toEqual(["abc1"]);
  await first.close(10_000);
});

it("sets rows apart that cannot be read, and sends those of others", async () => {
  const { open, rows, spool, store } = await places();
  const folder = await makeSpoolFolder(spool, "dead");
  await writeFile(join(folder, "penguins.20261129T16.dead-1.jsonl"), "no head\nrow\n");
  await writeFile(join(folder, "owner.json"), JSON.stringify(await killedOwner()));
  const log = await open();
  log.record(entry());
  await until(() => log.state().problem !== undefined);
  expect(log.state().problem).toContain("cannot be read");
  expect(log.state().dropped.failed).toBe(1);
  await log.close(10_000);
  expect(await store.list("")).toHaveLength(1);
  expect(await rows()).toHaveLength(1);
});

it("counts rows that the disk refuses, and throws nothing", async () => {
  const { open, spool } = await places();
  const log = await open();
  await rm(join(spool, "abc1"), { recursive: true });
  await writeFile(join(spool, "abc1"), "no folder");
  log.record(entry());
  await until(() => log.state().dropped.failed === 1);
  await log.close(10_000);
});

it("takes nothing for a process's rows that is none", async () => {
  const { open, spool } = await places();
  await mkdir(join(spool, "foreign"), { recursive: true });
  await writeFile(join(spool, "foreign/notes.txt"), "mine");
  const log = await open();
  await log.close(10_000);
  expect(await readdir(join(spool, "foreign"))).toEqual(["notes.txt"]);
});
