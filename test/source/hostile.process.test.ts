import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { changedPaths } from "../../core/source/changes.ts";
import { openCommit } from "../../core/source/commit.ts";
import { linkStaysInside } from "../../core/source/inside.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { makeRepository, type TestRepository } from "../helpers/repository.ts";

let repository: TestRepository;
beforeEach(async () => {
  repository = await makeRepository({ ".gitignore": "*.tmp\n", "a/tracked": "1", "b/gone": "2" });
  await repository.commit();
});
afterEach(() => repository.end());

const paths = (entries: readonly { path: string }[]) => entries.map((entry) => entry.path);

describe("a work tree", () => {
  it("shows new files, and neither ignored nor deleted ones", async () => {
    await repository.write({ "a/new": "3", "a/x.tmp": "4" });
    await repository.remove("b/gone");
    expect(paths(await (await openWorkTree(repository.folder)).list())).toEqual([".gitignore", "a/new", "a/tracked"]);
  });

  it("does not follow a folder that was replaced by a link", async () => {
    await repository.remove("b");
    await repository.write({ b: { link: "a" } });
    const tree = await openWorkTree(repository.folder);
    expect(await tree.list("b")).toEqual([{ path: "b", kind: "symlink" }]);
    await expect(tree.read("b/tracked", 10)).rejects.toMatchObject({ code: "SYMLINK_REFUSED" });
    expect(await tree.blobs(["b/tracked"])).toEqual([undefined]);
  });

  it("does not wait for a pipe", async () => {
    execFileSync("mkfifo", [join(repository.folder, "a/pipe")]);
    const tree = await openWorkTree(repository.folder);
    expect(await tree.read("a/pipe", 10)).toBeUndefined();
    expect(await tree.blobs(["a/pipe"])).toEqual([undefined]);
  });

  it("is the same from a folder inside it", async () => {
    const tree = await openWorkTree(join(repository.folder, "a"));
    expect(paths(await tree.list())).toEqual([".gitignore", "a/tracked", "b/gone"]);
  });

  it("is not there in a bare repository", async () => {
    await git(repository.folder, ["init", "-q", "--bare", "bare.git"]);
    await expect(openWorkTree(join(repository.folder, "bare.git"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
  });
});

describe("a commit", () => {
  /** Writes a tree object that Git's own commands would refuse to make. */
  async function hostileCommit(...entries: [mode: string, name: string, id: string][]) {
    const tree = Buffer.concat(
      entries.map(([mode, name, id]) => Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")])),
    );
    const id = (
      await git(repository.folder, ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], { input: tree })
    )
      .toString()
      .trim();
    const identity = {
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@b",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@b",
    };
    return (await git(repository.folder, ["commit-tree", "-m", "x", id], { env: identity })).toString().trim();
  }

  const blob = createHash("sha1").update("blob 1\0").update("1").digest("hex");

  it("hides entries whose names lead elsewhere", async () => {
    const a = (await git(repository.folder, ["rev-parse", "HEAD:a"])).toString().trim();
    const commit = await hostileCommit(
      ["40000", "..", a],
      ["40000", ".GIT", a],
      ["100644", "a/b", blob],
      ["100644", "fine", blob],
    );
    const objects = await openObjects(repository.folder);
    expect(paths(await openCommit(objects, commit).list())).toEqual(["fine"]);
    await objects.close();
  });

  it("refuses to write a link that leads out, and writes nothing through one", async () => {
    await repository.write({ out: { link: "a/../../x" }, "a/up": { link: ".." } });
    const objects = await openObjects(repository.folder);
    const tree = openCommit(objects, await repository.commit());
    const folder = await mkdtemp(join(tmpdir(), "slipway-hostile-"));
    await expect(tree.export(["out"], join(folder, "1"))).rejects.toMatchObject({ code: "SYMLINK_REFUSED" });
    await tree.export(["a/up", "a/tracked"], join(folder, "2"));
    expect((await readdir(join(folder, "2/a"))).sort()).toEqual(["tracked", "up"]);
    await objects.close();
    await rm(folder, { recursive: true });
  });

  it("says that a commit is not there", async () => {
    const objects = await openObjects(repository.folder);
    await expect(openCommit(objects, "1".repeat(40)).list()).rejects.toMatchObject({ code: "NO_COMMIT" });
    await objects.close();
  });
});

describe("linkStaysInside", () => {
  it.each([
    ["a/link", "b", true],
    ["a/link", "../b", true],
    ["a/b/link", "../../c/d", true],
    ["link", "..", false],
    ["a/link", "../..", false],
    ["a/link", "b/../../..", false],
    ["a/link", "b/../c", false],
    ["a/link", "/etc/passwd", false],
    ["a/link", "../.git/config", false],
    ["a/link", "b\\..\\c", false],
  ])("%s -> %s: %s", (path, target, expected) => {
    expect(linkStaysInside(path, target)).toBe(expected);
  });
});

describe("changedPaths", () => {
  it("names what differs between commits, and what is not committed yet", async () => {
    const base = (await git(repository.folder, ["rev-parse", "HEAD"])).toString().trim();
    await repository.write({ "a/tracked": "other", "c d/ü": "new", "x.tmp": "ignored" });
    await repository.remove("b/gone");
    const expected = ["a/tracked", "b/gone", "c d/ü"];
    expect(await changedPaths(repository.folder, base)).toEqual(expected);
    const head = await repository.commit();
    expect(await changedPaths(repository.folder, base, head)).toEqual(expected);
    await mkdir(join(repository.folder, "empty"));
    expect(await changedPaths(repository.folder, head)).toEqual([]);
  });
});
