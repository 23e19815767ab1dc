import { existsSync } from "node:fs";
import { mkdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { git } from "../../core/git/run.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { makeRepository, type TestRepository } from "../helpers/repository.ts";

let repository: TestRepository;
let top: string;

beforeAll(async () => {
  repository = await makeRepository({ "models/m/train.mjs": "" });
  await repository.commit();
  top = await realpath(repository.folder);
});
afterAll(() => repository.end());

it("finds the top of the work tree from a folder below it", async () => {
  const { folder, bare, state } = await openWorkspace(join(repository.folder, "models/m"));
  expect({ folder, bare, state }).toEqual({ folder: top, bare: false, state: join(top, ".slipway") });
});

it("finds it through a symbolic link into it", async () => {
  const link = `${repository.folder}-link`;
  await symlink(join(repository.folder, "models/m"), link);
  const { folder } = await openWorkspace(link).finally(() => rm(link));
  expect(folder).toBe(top);
});

it("shares Slipway's folder between linked work trees", async () => {
  const linked = join(repository.folder, "linked");
  await git(repository.folder, ["worktree", "add", "-q", "--detach", linked]);
  expect(await openWorkspace(linked)).toMatchObject({ folder: join(top, "linked"), state: join(top, ".slipway") });
});

it("opens a bare repository as itself", async () => {
  const bare = join(repository.folder, "bare.git");
  await git(repository.folder, ["clone", "-q", "--bare", ".", bare]);
  expect(await openWorkspace(bare)).toMatchObject({ folder: join(top, "bare.git"), bare: true });
});

it("refuses Git's own folder, and says where the work tree is", async () => {
  await expect(openWorkspace(join(repository.folder, ".git"))).rejects.toMatchObject({
    code: "NOT_A_REPOSITORY",
    problems: [{ hint: expect.stringContaining(top) }],
  });
});

it("refuses a repository with SHA-256 ids", async () => {
  const other = join(repository.folder, "sha256");
  await git(repository.folder, ["init", "-q", "--object-format=sha256", other]);
  await expect(openWorkspace(other)).rejects.toMatchObject({ code: "UNSUPPORTED" });
});

it("says how to trust a repository that somebody else owns", async () => {
  const bin = join(repository.folder, "bin");
  await mkdir(bin);
  const real = (process.env["PATH"] ?? "")
    .split(":")
    .map((folder) => join(folder, "git"))
    .find(existsSync);
  // The variable by which Git's own tests make it believe that.
  const script = `#!/bin/sh\nexec env GIT_TEST_ASSUME_DIFFERENT_OWNER=1 '${real}' "$@"\n`;
  await writeFile(join(bin, "git"), script, { mode: 0o755 });
  vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
  const opened = openWorkspace(repository.folder).finally(() => vi.unstubAllEnvs());
  await expect(opened).rejects.toMatchObject({
    code: "REPOSITORY_UNSAFE",
    problems: [{ hint: expect.stringContaining(`git config --global --add safe.directory ${top}`) }],
  });
});
