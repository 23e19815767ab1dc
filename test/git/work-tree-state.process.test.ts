import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { git } from "../../core/git/run.ts";
import { openWorkspace, person, workTreeState } from "../../core/git/workspace.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-work-tree-"));
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function commit(): Promise<void> {
  await git(folder, ["config", "user.name", "Ada"]);
  await git(folder, ["config", "user.email", "ada@example.org"]);
  await git(folder, ["commit", "--quiet", "--allow-empty", "--message=begin"]);
}

it("has a branch and no commit before the first one", async () => {
  expect(await workTreeState({ folder })).toEqual({ branch: "main", commit: undefined, changed: [] });
});

it("names files that are not committed, untracked ones in new folders too", async () => {
  await commit();
  await writeFile(join(folder, "a b.txt"), "1");
  await writeFile(join(folder, "ä.txt"), "1");
  expect((await workTreeState({ folder })).changed).toEqual(["a b.txt", "ä.txt"]);
});

it("has no branch while HEAD is detached", async () => {
  await commit();
  await git(folder, ["checkout", "--quiet", "--detach"]);
  const state = await workTreeState({ folder });
  expect(state.branch).toBeUndefined();
  expect(state.commit).toMatch(/^[0-9a-f]{40}$/);
});

it("knows who acts from Git's configuration", async () => {
  await commit();
  expect(await person({ folder })).toEqual({ name: "Ada", id: "ada@example.org" });
});

it("says what to set where Git knows nobody", async () => {
  await git(folder, ["config", "user.useConfigOnly", "true"]);
  await expect(person({ folder })).rejects.toMatchObject({ code: "USAGE" });
});

it("refuses a folder that is in no repository", async () => {
  await expect(openWorkspace(tmpdir())).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
});
