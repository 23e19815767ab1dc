import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findDescendants, RUN_MARK } from "../../core/runtime/descendants.ts";
import { sweepWorkFolders } from "../../core/runtime/sweep.ts";
import { makeWorkFolder } from "../../core/runtime/work-folder.ts";
import { temporaryFolder } from "./temporary.ts";

/** A work folder whose owner is a process that never was. */
async function abandoned(parent: string, mark: string) {
  const work = await makeWorkFolder(mark, parent);
  const note = join(work.private, "owner.json");
  const content = JSON.parse(readFileSync(note, "utf8"));
  writeFileSync(
    note,
    JSON.stringify({ ...content, owner: { ...content.owner, processes: [{ pid: process.pid, started: "never" }] } }),
  );
  return work;
}
const age = (folder: string) => utimesSync(folder, new Date(0), new Date(0));

it("makes two folders that are the user's alone", async () => {
  const work = await makeWorkFolder("some-mark", temporaryFolder());
  for (const folder of [work.private, work.open]) expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it("marks the processes of two runs with one id apart", async () => {
  const parent = temporaryFolder();
  const [one, other] = [await makeWorkFolder("77-1-tiny", parent), await makeWorkFolder("77-1-tiny", parent)];
  expect(one.mark).toMatch(/^77-1-tiny-/);
  expect(one.mark).not.toBe(other.mark);
});

it("removes read-only folders too", async () => {
  const work = await makeWorkFolder("some-mark", temporaryFolder());
  mkdirSync(join(work.open, "model"));
  writeFileSync(join(work.open, "model/weights"), "");
  chmodSync(join(work.open, "model"), 0o555);
  await work.remove();
  expect([work.open, work.private].filter(existsSync)).toEqual([]);
});

it("is swept as soon as its run was killed", async () => {
  const parent = temporaryFolder();
  const work = await abandoned(parent, "some-mark");
  await sweepWorkFolders(parent);
  expect([work.open, work.private].filter(existsSync)).toEqual([]);
});

it("is swept after a day where its run was killed before it said whose it is", async () => {
  const parent = temporaryFolder({ "slipway-private-x/y": "", "slipway-run-x/y": "", "slipway-run-new/y": "" });
  await sweepWorkFolders(parent);
  expect(readdirSync(parent).length).toBe(3);
  for (const name of ["slipway-private-x", "slipway-run-x"]) age(join(parent, name));
  await sweepWorkFolders(parent);
  expect(readdirSync(parent)).toEqual(["slipway-run-new"]);
});

it("leaves a living run's folders alone, however old", async () => {
  const parent = temporaryFolder();
  const work = await makeWorkFolder("some-mark", parent);
  for (const folder of [work.private, work.open]) age(folder);
  await sweepWorkFolders(parent);
  expect([work.private, work.open].filter(existsSync)).toEqual([work.private, work.open]);
});

it("ends user code that a killed run left running", async () => {
  const parent = temporaryFolder();
  const { mark } = await abandoned(parent, `test-${process.pid}-left`);
  const child = spawn("sleep", ["600"], { env: { ...process.env, [RUN_MARK]: mark }, stdio: "ignore" });
  const exited = once(child, "exit");
  await once(child, "spawn");
  await sweepWorkFolders(parent);
  await exited;
  expect(findDescendants({ mark })).toEqual([]);
});
