import { lstat, mkdtemp, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GitObjects, openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { SourceTree } from "../../core/source/tree.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { memoryTree } from "../helpers/memory-tree.ts";
import { makeRepository, type TestRepository } from "../helpers/repository.ts";

const binary = Buffer.from([0, 255, 10, 13]);
let repository: TestRepository;
let objects: GitObjects;
let out: string;
const trees: Record<string, SourceTree> = {};

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "slipway-export-"));
  const files = {
    ".gitignore": "ignored\n",
    "models/a/model.yaml": "a",
    "models/a/train.sh": { run: "#!/bin/sh\n" },
    "models/a/lib": { link: "../../lib" },
    "models/a b/data.bin": binary,
    "models/ä/model.yaml": "umlaut",
    "lib/shared.txt": "shared",
    escape: { link: "../outside" },
  };
  repository = await makeRepository({ ...files, ignored: "never seen" });
  const commit = await repository.commit();
  objects = await openObjects(repository.folder);
  trees["work tree"] = await openWorkTree(repository.folder);
  trees["commit"] = openCommit(objects, commit);
  trees["tree in memory"] = memoryTree(files);
});
afterAll(async () => {
  await objects.close();
  await repository.end();
  await rm(out, { recursive: true, force: true });
});

describe.each(["work tree", "commit", "tree in memory"])("a %s", (kind) => {
  const tree = () => trees[kind] as SourceTree;

  it("lists what is tracked or could be, sorted, with its kind", async () => {
    expect(await tree().list()).toEqual([
      { path: ".gitignore", kind: "file" },
      { path: "escape", kind: "symlink" },
      { path: "lib/shared.txt", kind: "file" },
      { path: "models/a b/data.bin", kind: "file" },
      { path: "models/a/lib", kind: "symlink" },
      { path: "models/a/model.yaml", kind: "file" },
      { path: "models/a/train.sh", kind: "executable" },
      { path: "models/ä/model.yaml", kind: "file" },
    ]);
  });

  it("lists below a prefix alone, which may be one file", async () => {
    expect((await tree().list("models/a")).map((entry) => entry.path)).toEqual([
      "models/a/lib",
      "models/a/model.yaml",
      "models/a/train.sh",
    ]);
    expect(await tree().list("lib/shared.txt")).toEqual([{ path: "lib/shared.txt", kind: "file" }]);
    expect(await tree().list("models/nothing")).toEqual([]);
  });

  it("names the folders below a folder", async () => {
    expect(await tree().folders("models")).toEqual(["a", "a b", "ä"]);
    expect(await tree().folders()).toEqual(["lib", "models"]);
    expect(await tree().folders("nothing")).toEqual([]);
  });

  it("reads bytes in the order asked, and undefined where there is no file", async () => {
    const read = await tree().readMany(["models/a b/data.bin", "nothing", "models", "models/ä/model.yaml"], 100);
    expect(read).toEqual([binary, undefined, undefined, Buffer.from("umlaut")]);
  });

  it("refuses a file over the cap, by its name", async () => {
    await expect(tree().read("lib/shared.txt", 5)).rejects.toMatchObject({
      code: "FILE_TOO_LARGE",
      message: "lib/shared.txt is too large",
    });
  });

  it.each(["escape", "models/a/lib", "models/a/lib/shared.txt"])("refuses to read through a link: %s", async (path) => {
    await expect(tree().read(path, 100)).rejects.toMatchObject({ code: "SYMLINK_REFUSED" });
  });

  it.each(["../outside", "/etc/passwd", "lib/../../x", ".git/config", "lib/.GIT/x", "./lib", "", "a\\b"])(
    "refuses the path %j",
    async (path) => {
      await expect(tree().read(path, 100)).rejects.toMatchObject({ code: "PATH_OUTSIDE" });
    },
  );

  it("gives the blob ids that Git gives", async () => {
    const paths = ["models/a b/data.bin", "models/a/train.sh", "escape", "nothing"];
    const ids = (await git(repository.folder, ["rev-parse", ...paths.slice(0, 3).map((path) => `HEAD:${path}`)]))
      .toString()
      .trim()
      .split("\n");
    expect(await tree().blobs(paths)).toEqual([...ids, undefined]);
  });

  it("exports files with their paths, bits and inner links", async () => {
    const folder = join(out, `${kind} whole`);
    await tree().export(["lib/shared.txt", "models/a/lib", "models/a/train.sh", "models/a b/data.bin"], folder);
    expect(await readFile(join(folder, "models/a b/data.bin"))).toEqual(binary);
    expect((await lstat(join(folder, "models/a/train.sh"))).mode & 0o777).toBe(0o755);
    expect(await readlink(join(folder, "models/a/lib"))).toBe("../../lib");
    expect(await readFile(join(folder, "models/a/lib/shared.txt"), "utf8")).toBe("shared");
  });

  it("refuses to export a link that leaves the folder", async () => {
    await expect(tree().export(["escape"], join(out, `${kind} link`))).rejects.toMatchObject({
      code: "SYMLINK_REFUSED",
    });
  });

  it("overwrites nothing when exporting", async () => {
    const folder = join(out, `${kind} twice`);
    await tree().export(["lib/shared.txt"], folder);
    await expect(tree().export(["lib/shared.txt"], folder)).rejects.toMatchObject({ code: "EEXIST" });
  });
});
