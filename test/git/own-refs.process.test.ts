import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runOnOwnRefs } from "../../core/git/own-refs.ts";
import { findRepository } from "../../core/git/repository.ts";
import { ownerOf } from "../../core/process-owner.ts";
import { gitIn, workRepository } from "../registry/repositories.ts";

const REF = "refs/slipway/origin/registry";

/** A repository with a lock on one of its own refs, and a note of who may have made it. */
async function lockedBy(pid: number | undefined) {
  const folder = await workRepository();
  const repository = await findRepository(folder);
  const lock = join(repository.commonFolder, `${REF}.lock`);
  await mkdir(join(lock, ".."), { recursive: true });
  const visitors = join(repository.commonFolder, "slipway", "visitors");
  await mkdir(visitors, { recursive: true });
  if (pid !== undefined)
    await writeFile(join(visitors, "1"), JSON.stringify({ ...ownerOf(pid), since: Date.now() - 10 }));
  await writeFile(lock, "");
  const head = await gitIn(folder, "rev-parse", "HEAD");
  return { repository, lock, visitors, update: () => runOnOwnRefs(repository, ["update-ref", REF, head]) };
}

const endedPid = () => Number(execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }));

it("removes a lock that only a process that is proven dead can have left, and what that one said", async () => {
  const { lock, visitors, update } = await lockedBy(endedPid());
  expect((await update()).code).toBe(0);
  expect(existsSync(lock)).toBe(false);
  expect(await readdir(visitors)).toEqual([]);
});

it.each([
  ["somebody who is alive may hold", process.pid],
  ["nobody is known to have made", undefined],
])("leaves a lock that %s", async (_, pid) => {
  const { lock, update } = await lockedBy(pid);
  const end = await update();
  expect(end.code).not.toBe(0);
  expect(end.words).toContain(`${REF}.lock`);
  expect(existsSync(lock)).toBe(true);
});
