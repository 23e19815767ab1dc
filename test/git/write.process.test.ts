import { execFileSync } from "node:child_process";
import { access, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeBlob, encodeCommit, encodeObject, encodeTag, oneLine } from "../../core/git/encode.ts";
import { editTree } from "../../core/git/tree-edit.ts";
import { writeObjects } from "../../core/git/write.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-write-"));
  git(["init", "--quiet", "--bare"]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const git = (args: string[], input = "") =>
  execFileSync("git", ["-C", folder, ...args], { input, stdio: ["pipe", "pipe", "ignore"] })
    .toString()
    .trim();
const person = { name: "Ada", id: "ada@example.org" };
const at = "2026-01-31T09:00:00Z";

describe("objects", () => {
  it("have the ids that Git gives them", () => {
    expect(encodeBlob("hello\n").id).toBe(git(["hash-object", "--stdin"], "hello\n"));
  });

  it("are read back by Git as they were written", async () => {
    const blob = encodeBlob("Ünïcode\0 and more\n");
    await writeObjects(join(folder, "objects"), [blob]);
    expect(execFileSync("git", ["-C", folder, "cat-file", "blob", blob.id])).toEqual(blob.content);
  });

  it("are written once, and leave no temporary file", async () => {
    const blob = encodeBlob("twice\n");
    await Promise.all([1, 2, 3].map(() => writeObjects(join(folder, "objects"), [blob, blob])));
    expect(await readdir(join(folder, "objects", blob.id.slice(0, 2)))).toEqual([blob.id.slice(2)]);
  });

  it("say what is wrong where they cannot be written", async () => {
    const nowhere = join(folder, "HEAD");
    await expect(writeObjects(nowhere, [encodeBlob("x")])).rejects.toMatchObject({ code: "GIT_FAILED" });
    await access(nowhere);
  });

  it("make commits and tags that git fsck accepts, whatever people are called", async () => {
    const tree = encodeObject("tree", Buffer.alloc(0));
    const author = { name: "<Eve>\n\u202ecommitter", id: "e v e>\n" };
    const commit = encodeCommit({ tree: tree.id, parents: [], author, at, message: "first" });
    const tag = encodeTag({ object: commit.id, name: "a@v1.0.0", tagger: { name: "", id: "" }, at, message: "m" });
    await writeObjects(join(folder, "objects"), [tree, commit, tag]);
    git(["update-ref", "refs/tags/a@v1.0.0", tag.id]);
    expect(git(["fsck", "--strict", "--no-dangling"])).toBe("");
  });

  it("are the same bytes for the same act", () => {
    const commit = () => encodeCommit({ tree: "0".repeat(40), parents: [], author: person, at, message: "m" });
    expect(commit().id).toBe(commit().id);
  });
});

it("puts text on one line", () => {
  expect(oneLine(" a\r\n\tb\u2028c\u202e \u0000")).toBe("a b c");
});

describe("editing a tree", () => {
  const edit = async (root: string | undefined, files: Record<string, string>) => {
    const trees = await editTree(
      async (id) => execFileSync("git", ["-C", folder, "cat-file", "tree", id]),
      root,
      new Map(Object.entries(files)),
    );
    await writeObjects(join(folder, "objects"), trees);
    return trees;
  };
  const blob = async (text: string) => {
    const object = encodeBlob(text);
    await writeObjects(join(folder, "objects"), [object]);
    return object.id;
  };

  it("sorts files and folders as Git does, in whatever order they come", async () => {
    const id = await blob("x");
    const name = fc.stringMatching(/^[a-c.\-0_~é]{1,3}$/).filter((name) => !/^\.+$/.test(name));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), async (names) => {
        const paths = names.map((name, at) => (at % 2 === 0 ? name : `${name}/f`));
        let root: string | undefined;
        for (const path of paths) root = (await edit(root, { [path]: id })).at(-1)?.id;
        const listed = git(["ls-tree", "-r", "-z", root as string]);
        const expected = git(["mktree", "-z"], git(["ls-tree", "-z", root as string]));
        expect(root).toBe(expected);
        expect(listed.split("\0").filter(Boolean).length).toBe(paths.length);
      }),
      { numRuns: 8 },
    );
  });

  it("replaces a file and keeps its neighbours", async () => {
    const [one, two] = [await blob("1"), await blob("2")];
    const root = (await edit(undefined, { "m/a/x": one, "m/b/x": one, "m/c": one })).at(-1)?.id as string;
    const next = (await edit(root, { "m/b/x": two })).at(-1)?.id as string;
    expect(git(["diff-tree", "-r", "--name-only", root, next])).toBe("m/b/x");
  });

  it("makes new trees on the way to the file alone", async () => {
    const id = await blob("1");
    const root = (await edit(undefined, { "m/a/x": id, "m/b/x": id })).at(-1)?.id as string;
    expect(await edit(root, { "m/b/y": id })).toHaveLength(3);
  });

  it("refuses to put a folder where a file is", async () => {
    const id = await blob("1");
    const root = (await edit(undefined, { models: id })).at(-1)?.id as string;
    await expect(edit(root, { "models/a": id })).rejects.toMatchObject({ code: "REGISTRY_CORRUPT" });
  });

  it.each(["../x", "a//b", "./a", ""])("refuses the path %j", async (path) => {
    await expect(edit(undefined, { [path]: "0".repeat(40) })).rejects.toThrow(/bad path/);
  });
});
