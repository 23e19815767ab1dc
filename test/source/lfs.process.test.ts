import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openCommit } from "../../core/source/commit.ts";
import { makeRepository } from "../helpers/repository.ts";

const CONTENT = "x,y\n1,a\n";
const oid = createHash("sha256").update(CONTENT).digest("hex");
const pointer = (size = CONTENT.length) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
const objectAt = (id: string) => join("lfs/objects", id.slice(0, 2), id.slice(2, 4), id);

/** A commit whose file is a pointer, and an LFS object for it, as `git lfs` lays it down. */
async function arrange(object: string | undefined = CONTENT, text = pointer(), storage = ".git") {
  const repository = await makeRepository({ "data/a.csv": text });
  onTestFinished(() => repository.end());
  const commit = await repository.commit();
  if (object !== undefined) {
    const place = join(repository.folder, storage, objectAt(oid));
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, object);
  }
  const objects = await openObjects(repository.folder);
  onTestFinished(() => objects.close());
  const out = await mkdtemp(join(tmpdir(), "slipway-lfs-"));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  const read = async () => {
    await openCommit(objects, commit).export(["data/a.csv"], out);
    return readFile(join(out, "data/a.csv"), "utf8");
  };
  return { repository, read };
}

it("gives a commit's file that Git LFS keeps as its content", async () => {
  expect(await (await arrange()).read()).toBe(CONTENT);
});

it("finds the objects where lfs.storage says", async () => {
  const { repository, read } = await arrange(CONTENT, pointer(), ".git/elsewhere");
  await git(repository.folder, ["config", "lfs.storage", "elsewhere/lfs"]);
  expect(await read()).toBe(CONTENT);
});

it.each([
  ["other bytes of the same size", "x,y\n1,b\n", pointer()],
  ["more bytes than the pointer says", `${CONTENT}2,b\n`, pointer()],
  ["fewer bytes than the pointer says", CONTENT, pointer(100)],
])("refuses %s", async (_, object, text) => {
  await expect((await arrange(object, text)).read()).rejects.toMatchObject({ code: "DATA_CHANGED" });
});

it("says what to do where the content is not to be had", async () => {
  const { read } = await arrange(undefined, pointer().replace(oid, "b".repeat(64)));
  await expect(read()).rejects.toMatchObject({
    code: "DATA_MISSING",
    problems: [{ file: "data/a.csv", hint: expect.stringContaining("git lfs pull") }],
  });
});

it("refuses a pointer to more than 64 GiB", async () => {
  await expect((await arrange(CONTENT, pointer(70 * 2 ** 30))).read()).rejects.toMatchObject({
    code: "FILE_TOO_LARGE",
  });
});

it("takes a text that merely begins like a pointer for itself", async () => {
  const text = "version https://git-lfs.github.com/spec/v1\nis what a pointer begins with\n";
  expect(await (await arrange(undefined, text)).read()).toBe(text);
});

const hasLfs = (() => {
  try {
    execFileSync("git", ["lfs", "version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

it.runIf(hasLfs)("lets git-lfs bring what is not here, from the remote", async () => {
  const { repository, read } = await arrange();
  const remote = await mkdtemp(join(tmpdir(), "slipway-lfs-remote-"));
  onTestFinished(() => rm(remote, { recursive: true, force: true }));
  await git(remote, ["init", "-q", "--bare"]);
  const place = join(remote, objectAt(oid));
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, CONTENT);
  await git(repository.folder, ["remote", "add", "origin", `file://${remote}`]);
  await rm(join(repository.folder, ".git", objectAt(oid)));
  expect(await read()).toBe(CONTENT);
});
