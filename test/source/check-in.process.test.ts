import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openCommit } from "../../core/source/commit.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { type Content, makeRepository } from "../helpers/repository.ts";

const PATHS = ["m/a b.csv", "m/new\nline.csv", "m/ü.py", "m/sub/run.sh"];
const CRLF = "id,x\r\n1,2\r\n";
const files = (text: string | Buffer): Record<string, Content> => Object.fromEntries(PATHS.map((path) => [path, text]));

async function repositoryWith(settings: Readonly<Record<string, string>>, contents: Record<string, Content>) {
  const repository = await makeRepository();
  onTestFinished(() => repository.end());
  for (const [key, value] of Object.entries(settings)) await git(repository.folder, ["config", key, value]);
  await repository.write(contents);
  return repository;
}

/** What a tree says of the paths, in each way of asking. */
async function seen(tree: Awaited<ReturnType<typeof openWorkTree>> | ReturnType<typeof openCommit>, out: string) {
  await tree.export(PATHS, out);
  const exported = await Promise.all(PATHS.map((path) => readFile(join(out, path), "latin1")));
  const kinds = (await tree.list("m")).map(({ kind }) => kind);
  const modes = await Promise.all(PATHS.map(async (path) => (await stat(join(out, path))).mode & 0o111));
  const read = (await tree.readMany(PATHS, 1_000)).map((content) => content?.toString("latin1"));
  return { blobs: await tree.blobs(PATHS), read, exported, kinds, modes };
}

async function inBoth(folder: string, commit: string) {
  const objects = await openObjects(folder);
  onTestFinished(() => objects.close());
  return {
    committed: await seen(openCommit(objects, commit), join(folder, ".git/out-commit")),
    here: await seen(await openWorkTree(folder), join(folder, ".git/out-here")),
  };
}

const UPPER = { "filter.up.clean": "tr a-z A-Z", "filter.up.smudge": "tr A-Z a-z" };
const attributes = (text: string) => ({ ".gitattributes": `${text}\n` });

it.each<[string, Record<string, string>, Record<string, Content>, string]>([
  ["core.autocrlf=true", { "core.autocrlf": "true" }, files(CRLF), "id,x\n1,2\n"],
  ["core.autocrlf=input", { "core.autocrlf": "input" }, files(CRLF), "id,x\n1,2\n"],
  ["core.safecrlf too", { "core.autocrlf": "input", "core.safecrlf": "true" }, files("a\n"), "a\n"],
  ["text=auto", {}, { ...files(CRLF), ...attributes("* text=auto") }, "id,x\n1,2\n"],
  ["eol=crlf", {}, { ...files(CRLF), ...attributes("* text eol=crlf") }, "id,x\n1,2\n"],
  ["-text", { "core.autocrlf": "true" }, { ...files(CRLF), ...attributes("* -text") }, CRLF],
  ["a filter", UPPER, { ...files("abc"), ...attributes("m/** filter=up") }, "ABC"],
  ["a filter nobody configured", {}, { ...files("abc"), ...attributes("m/** filter=up") }, "abc"],
  ["ident", {}, { ...files("$Id: 123 $"), ...attributes("* ident") }, "$Id$"],
  [
    "an encoding",
    {},
    { ...files(Buffer.from("ä", "utf16le")), ...attributes("m/** text working-tree-encoding=UTF-16LE") },
    "Ã¤",
  ],
])("reads a work tree's files as a commit holds them: %s", async (_, settings, contents, expected) => {
  const repository = await repositoryWith(settings, contents);
  const untracked = (await (await openWorkTree(repository.folder)).readMany(PATHS, 1_000)).map((content) =>
    content?.toString("latin1"),
  );
  const commit = await repository.commit();
  const { committed, here } = await inBoth(repository.folder, commit);
  expect(here).toEqual(committed);
  expect(here.read).toEqual(PATHS.map(() => expected));
  expect(untracked).toEqual(here.read);
});

it("keeps line ends that Git keeps, since the file was committed with them before", async () => {
  const repository = await repositoryWith({}, files(CRLF));
  await repository.commit();
  await repository.write(attributes("* text=auto"));
  const commit = await repository.commit();
  await repository.write(files(`${CRLF}3,4\r\n`));
  const next = await repository.commit();
  expect(next).not.toBe(commit);
  const { committed, here } = await inBoth(repository.folder, next);
  expect(here).toEqual(committed);
  expect(here.read[0]).toBe(`${CRLF}3,4\r\n`);
});

it.each(["--assume-unchanged", "--skip-worktree"])(
  "sees a change that Git was told not to look at (%s)",
  async (flag) => {
    const repository = await repositoryWith({ "core.autocrlf": "true" }, files(CRLF));
    await repository.commit();
    await git(repository.folder, ["update-index", flag, ...PATHS]);
    await repository.write(files("changed\r\n"));
    const tree = await openWorkTree(repository.folder);
    expect((await tree.read(PATHS[0] as string, 100))?.toString()).toBe("changed\n");
  },
);

it("sees a change of the same size in the second of the commit", async () => {
  const repository = await repositoryWith({ "core.autocrlf": "true" }, files("1\r\n"));
  const tree = await openWorkTree(repository.folder);
  for (const content of ["2\r\n", "3\r\n", "4\r\n"]) {
    await repository.commit();
    await repository.write(files(content));
    expect((await tree.read(PATHS[1] as string, 100))?.toString()).toBe(content.replace("\r", ""));
  }
});

it("takes the executable bit from the index where the disk has none", async () => {
  const repository = await repositoryWith({}, { ...files("x"), "m/sub/run.sh": { run: "x" } });
  const commit = await repository.commit();
  await git(repository.folder, ["config", "core.fileMode", "false"]);
  for (const path of PATHS) await chmod(join(repository.folder, path), 0o755);
  const { committed, here } = await inBoth(repository.folder, commit);
  expect(here).toEqual(committed);
});

it("leaves the repository's index and objects as they were", async () => {
  const repository = await repositoryWith({ "core.autocrlf": "true" }, files(CRLF));
  await repository.commit();
  await repository.write(files("new\r\n"));
  const state = async () => [
    await readFile(join(repository.folder, ".git/index"), "latin1"),
    (await git(repository.folder, ["count-objects", "-v"])).toString(),
  ];
  const before = await state();
  const tree = await openWorkTree(repository.folder);
  await tree.blobs(PATHS);
  await tree.readMany(PATHS, 100);
  expect(await state()).toEqual(before);
});

it("says what Git said where a filter fails", async () => {
  const failing = { "filter.up.clean": "echo no such tool >&2; false", "filter.up.required": "true" };
  const repository = await repositoryWith(failing, { ...files("x"), ...attributes("m/** filter=up") });
  const asked = (await openWorkTree(repository.folder)).blobs(PATHS);
  await expect(asked).rejects.toMatchObject({ code: "GIT_FAILED", message: expect.stringContaining("filter") });
});
