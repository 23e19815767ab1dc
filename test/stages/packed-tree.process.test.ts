import { chmodSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { codeFiles } from "../../core/plan/inputs.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { specOf } from "../../core/spec/project.ts";
import { openPackedTree, packTree } from "../../core/stages/packed-tree.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import { ModelFile } from "../../schemas/model-spec.ts";
import { SPEC } from "../e2e/tiny-model.ts";
import { makeRepository } from "../helpers/repository.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

const FILES = {
  "models/m/model.yaml": "x",
  "models/m/train.mjs": "train",
  "models/m/run.sh": { run: "#!/bin/sh\n" },
  "models/m/shared": { link: "../../lib/shared.mjs" },
  "models/m/data/train.csv": "id,x,y\n",
  "models/m/data/test.csv": "id,x,y\n",
  "lib/shared.mjs": "shared",
  "lock/requirements.txt": "numpy==2",
  "secret/notes.txt": "not declared",
};

async function pack() {
  const repository = await makeRepository(FILES);
  onTestFinished(() => repository.end());
  const root = temporaryFolder();
  const spec = specOf(
    ModelFile.parse({
      ...SPEC,
      code: [".", "../../lib"],
      environment: { lock: ["../../lock/requirements.txt"] },
    }),
  );
  const tree = await openWorkTree(repository.folder);
  const model = { name: "m", folder: "models/m", path: "models/m/model.yaml", spec, tree };
  const store = openFolderStore(join(root, "store"), "x");
  const packed = await packTree(model, store, join(root, "scratch"));
  return { root, model, tree, store, packed };
}

it("holds what user code may see and its locks, and neither data nor anything else", async () => {
  const { packed, store, root } = await pack();
  expect(packed.files.map(({ path }) => path)).toEqual([
    ...["lib/shared.mjs", "lock/requirements.txt", "models/m/run.sh", "models/m/shared", "models/m/train.mjs"],
  ]);
  const contents = (await readdir(join(root, "store/sha256"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  expect(contents.some((text) => text === "not declared" || text.startsWith("id,x"))).toBe(false);
  expect(await store.verify(packed.listing)).toBe("ok");
});

it("is the same tree to user code as the repository's own", async () => {
  const { root, model, tree, store, packed } = await pack();
  const opened = await openPackedTree(packed, store, join(root, "opened"));
  expect(await opened.list()).toEqual(await tree.list());
  expect(await opened.folders("models")).toEqual(await tree.folders("models"));
  const paths = (await codeFiles({ ...model, tree: opened } as typeof model, opened)).map(({ path }) => path);
  expect(paths).toEqual((await codeFiles(model, tree)).map(({ path }) => path));
  expect(await opened.blobs(paths)).toEqual(await tree.blobs(paths));
  expect(await opened.read("lock/requirements.txt", 100)).toEqual(Buffer.from("numpy==2"));
  await opened.export(paths, join(root, "out"));
  expect(statSync(join(root, "out/models/m/run.sh")).mode & 0o111).toBe(0o111);
  expect(statSync(join(root, "out/models/m/train.mjs")).mode & 0o111).toBe(0);
  expect(readlinkSync(join(root, "out/models/m/shared"))).toBe("../../lib/shared.mjs");
  expect(readFileSync(join(root, "out/models/m/shared"), "utf8")).toBe("shared");
});

it("knows that there are other files, and does not have them", async () => {
  const { root, store, packed } = await pack();
  const opened = await openPackedTree(packed, store, join(root, "opened"));
  expect(await opened.read("secret/notes.txt", 100)).toBeUndefined();
  await expect(opened.export(["secret/notes.txt"], join(root, "out"))).rejects.toMatchObject({ code: "NO_COMMIT" });
});

it.each([
  ["leaves the folder", { path: "../escaped" }],
  ["lies in Git's folder", { path: ".git/hooks/post-checkout" }],
  ["is a link that leads out", { path: "models/m/x", target: "../../../etc/passwd" }],
])("refuses a file that %s", async (_, changed) => {
  const { root, store, packed } = await pack();
  const [first] = packed.files;
  const files = [{ ...first, blob: "b".repeat(40), ...changed }];
  await expect(openPackedTree({ ...packed, files }, store, join(root, "opened"))).rejects.toMatchObject({
    code: expect.stringMatching(/PATH_OUTSIDE|SYMLINK_REFUSED/),
  });
});

it("refuses a file that is not what was packed", async () => {
  const { root, store, packed } = await pack();
  const digest = packed.files.find(({ path }) => path === "models/m/train.mjs")?.content?.sha256 ?? "";
  const place = join(root, "store/sha256", digest.slice(0, 2), digest);
  chmodSync(place, 0o600);
  writeFileSync(place, "evil!");
  await expect(openPackedTree(packed, store, join(root, "opened"))).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
});
