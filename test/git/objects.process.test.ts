import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { parseTree } from "../../core/git/tree-object.ts";

const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
let root: string;
let repository: string;
const bytes = Buffer.from([0, 10, 255, 13, 10, 0, 104, 105]);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-objects-"));
  repository = join(root, "work");
  await git(root, ["init", "-q", "-b", "main", repository]);
  await writeFile(join(repository, "binary"), bytes);
  await writeFile(join(repository, "big"), Buffer.alloc(300_000, 7));
  await writeFile(join(repository, "empty"), "");
  await writeFile(join(repository, "two words"), "spaced");
  await writeFile(join(repository, "x blob 3"), "header-like");
  await mkdir(join(repository, "folder"));
  await writeFile(join(repository, "folder/inside"), "below");
  await git(repository, ["add", "."]);
  await git(repository, [...identity, "commit", "-q", "-m", "first"]);
  await git(repository, [...identity, "tag", "-a", "-m", "one", "v1"]);
  await git(root, ["clone", "-q", "--bare", repository, join(root, "bare.git")]);
  await git(repository, ["worktree", "add", "-q", "--detach", join(root, "linked")]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function using<T>(folder: string, act: (objects: Awaited<ReturnType<typeof openObjects>>) => Promise<T>) {
  const objects = await openObjects(folder);
  try {
    return await act(objects);
  } finally {
    await objects.close();
  }
}

describe("openObjects", () => {
  it.each(["work", "bare.git", "linked"])("reads bytes exactly as they were committed, in %s", async (name) => {
    const object = await using(join(root, name), (objects) => objects.read("HEAD:binary"));
    expect(object).toMatchObject({ type: "blob", size: bytes.length });
    expect(object?.content.equals(bytes)).toBe(true);
  });

  it("answers many questions in the order asked, with undefined where there is nothing", async () => {
    const asked = ["HEAD:two words", "HEAD:nothing here", "HEAD:big", "HEAD:empty", "no-such-ref", "HEAD:x blob 3"];
    const found = await using(repository, (objects) => objects.readMany(asked));
    expect(found.map((object) => object?.content.length)).toEqual([6, undefined, 300_000, 0, undefined, 11]);
  });

  it("keeps answers apart where questions overlap in time", async () => {
    const found = await using(repository, (objects) =>
      Promise.all(Array.from({ length: 200 }, (_, i) => objects.read(i % 2 === 0 ? "HEAD:binary" : "HEAD:two words"))),
    );
    expect(found.map((object) => object?.size)).toEqual(Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 8 : 6)));
  });

  it("refuses an object over the cap, and answers the next question", async () => {
    await using(repository, async (objects) => {
      await expect(objects.read("HEAD:big", 299_999)).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
      expect((await objects.read("HEAD:big", 300_000))?.size).toBe(300_000);
    });
  });

  it.each(["HEAD:a\nHEAD:binary", "HEAD:binary\0x", "HEAD:binary\r", ""])(
    "refuses %j, which Git would read as something else",
    async (expression) => {
      await using(repository, async (objects) => {
        await expect(objects.read(expression)).rejects.toMatchObject({ code: "USAGE" });
      });
    },
  );

  it("starts no process for a question that comes after it was closed", async () => {
    const objects = await openObjects(repository);
    await objects.close();
    await expect(objects.read("HEAD")).rejects.toThrow("closed");
  });

  it("sees a commit that was made after it was opened", async () => {
    await using(join(root, "linked"), async (objects) => {
      await objects.read("HEAD");
      await git(join(root, "linked"), [...identity, "commit", "-q", "--allow-empty", "-m", "later"]);
      expect((await objects.read("HEAD"))?.content.toString()).toContain("\nlater\n");
    });
  });

  it("parses a commit's tree", async () => {
    const items = await using(repository, (objects) => objects.tree("HEAD"));
    expect(items?.map((item) => `${item.mode} ${item.name}`)).toEqual([
      "100644 big",
      "100644 binary",
      "100644 empty",
      "40000 folder",
      "100644 two words",
      "100644 x blob 3",
    ]);
    expect(items?.[1]?.id).toBe((await git(repository, ["rev-parse", "HEAD:binary"])).toString().trim());
  });

  it.each(["HEAD:folder", "HEAD:folder/", "v1:folder"])("parses a folder's tree, at %s", async (expression) => {
    const items = await using(repository, (objects) => objects.tree(expression));
    expect(items?.map((item) => `${item.mode} ${item.name}`)).toEqual(["100644 inside"]);
  });

  it("parses the tree that an annotated tag leads to", async () => {
    const [tagged, head] = await using(repository, (objects) =>
      Promise.all([objects.tree("v1"), objects.tree("HEAD")]),
    );
    expect(tagged).toEqual(head);
  });

  it("has no tree where the expression names a blob or nothing", async () => {
    await using(repository, async (objects) => {
      expect(await objects.tree("HEAD:binary")).toBeUndefined();
      expect(await objects.tree("no-such-ref")).toBeUndefined();
    });
  });

  it("says that a folder is no repository", async () => {
    await expect(openObjects(root)).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
    await expect(openObjects(join(root, "absent"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
  });
});

describe("parseTree", () => {
  it("refuses bytes that end in the middle of an entry", () => {
    expect(() => parseTree(Buffer.from("100644 name\0short"))).toThrow(/not a Git tree/);
    expect(() => parseTree(Buffer.from("100644"))).toThrow(/not a Git tree/);
  });
});

describe("git", () => {
  it("carries what Git said when it fails", async () => {
    await expect(git(repository, ["rev-parse", "--verify", "no-such-ref"])).rejects.toMatchObject({
      code: "GIT_FAILED",
      message: expect.stringContaining("Needed a single revision"),
    });
  });

  it("stops a Git that prints over the cap", async () => {
    await expect(git(repository, ["cat-file", "blob", "HEAD:big"], { maxBytes: 1000 })).rejects.toMatchObject({
      message: expect.stringContaining("printed too much"),
    });
  });

  it("is not led to another repository by the caller's environment", async () => {
    process.env["GIT_DIR"] = join(root, "bare.git");
    try {
      const top = await git(repository, ["rev-parse", "--show-toplevel"]);
      expect(top.toString().trim().endsWith("/work")).toBe(true);
    } finally {
      delete process.env["GIT_DIR"];
    }
  });
});
