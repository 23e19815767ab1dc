import { constants } from "node:fs";
import { chmod, copyFile, mkdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { PackedTree } from "../../schemas/stage-record.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { codeFiles, lockFiles } from "../plan/inputs.ts";
import { byPath, linkStaysInside, requireInside, symlinkRefused } from "../source/inside.ts";
import type { SourceTree, TreeEntry } from "../source/tree.ts";
import type { ArtifactStore } from "../stores/store.ts";
import type { RunnableModel } from "./runnable-model.ts";

const Listing = z.array(z.tuple([z.string(), z.enum(["file", "executable", "symlink", "submodule"])])).max(1_000_000);

/**
 * Puts the files that a model's user code may see, and its lock files, into a store. `scratch` is a folder that does not
 * exist yet. Rejects as `codeFiles`, `lockFiles` and `SourceTree.export` do.
 */
export async function packTree(model: RunnableModel, store: ArtifactStore, scratch: string): Promise<PackedTree> {
  const { tree } = model;
  const code = (await codeFiles(model, tree)).map(({ path }) => path);
  const paths = [...new Set([...code, ...(await lockFiles(model, tree)).map(({ path }) => path)])].sort();
  const listed = await tree.list();
  const kinds = new Map(listed.map(({ path, kind }) => [path, kind]));
  const blobs = await tree.blobs(paths);
  const exported = join(scratch, "tree");
  await tree.export(paths, exported);
  const files: PackedTree["files"] = [];
  for (const [i, path] of paths.entries()) {
    const kind = kinds.get(path);
    const file = { path, blob: blobs[i] as string };
    if (kind === "symlink") files.push({ ...file, target: await readlink(join(exported, path)) });
    else if (kind === "submodule") files.push(file);
    else files.push({ ...file, content: await store.putFile(join(exported, path)) });
  }
  const listing = join(scratch, "listing.json");
  await writeFile(listing, canonicalJson(listed.map(({ path, kind }) => [path, kind])));
  return { listing: await store.putFile(listing), files };
}

/**
 * The packed files as a tree that user code is exported from: unpacked into `folder` (created), each checked by its digest.
 * It lists the whole repository, and holds what was packed. Rejects with ARTIFACT_MISSING, ARTIFACT_CORRUPT, PATH_OUTSIDE
 * or SYMLINK_REFUSED.
 */
export async function openPackedTree(packed: PackedTree, store: ArtifactStore, folder: string): Promise<SourceTree> {
  await mkdir(folder, { recursive: true });
  const root = join(folder, "tree");
  const listing = join(folder, "listing.json");
  await store.getFile(packed.listing, listing);
  const entries = byPath(
    Listing.parse(JSON.parse(await readFile(listing, "utf8"))).map(([path, kind]): TreeEntry => ({ path, kind })),
  );
  const kinds = new Map(entries.map(({ path, kind }) => [path, kind]));
  const files = new Map(packed.files.map((file) => [file.path, file]));
  for (const { path, content, target } of packed.files) {
    requireInside(path);
    if (target !== undefined && !linkStaysInside(path, target)) throw symlinkRefused(path, `-> ${target}`);
    if (content === undefined) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await store.getFile(content, join(root, path));
  }

  async function read(path: string, maxBytes: number): Promise<Buffer | undefined> {
    requireInside(path);
    const file = files.get(path);
    if (file?.target !== undefined) throw symlinkRefused(path, "a link");
    if (file?.content === undefined) return undefined;
    if (file.content.size > maxBytes) {
      throw new SlipwayError("FILE_TOO_LARGE", `${path} is too large`, {
        file: path,
        expected: `at most ${maxBytes} bytes`,
      });
    }
    return readFile(join(root, path));
  }

  return {
    commit: undefined,
    list: async (prefix = "") =>
      entries.filter(({ path }) => prefix === "" || path === prefix || path.startsWith(`${prefix}/`)),
    async folders(inside = "") {
      const start = inside === "" ? 0 : inside.length + 1;
      const below = entries.filter(({ path }) => inside === "" || path.startsWith(`${inside}/`));
      const names = below.flatMap(({ path }) => path.slice(start).split("/").slice(0, -1)[0] ?? []);
      return [...new Set(names)].sort();
    },
    holds: (path) => files.has(path),
    read,
    readMany: (paths, maxBytes) => Promise.all(paths.map((path) => read(path, maxBytes))),
    place: async () => undefined,
    blobs: async (paths) => paths.map((path) => files.get(path)?.blob),
    async export(paths, target) {
      await mkdir(target, { recursive: true });
      const wanted = paths.map((path) => {
        const file = files.get(path);
        if (file !== undefined) return file;
        throw new SlipwayError("NO_COMMIT", `${path} was not packed`);
      });
      for (const { path, content, target: link } of wanted) {
        const to = join(target, path);
        await mkdir(content || link ? dirname(to) : to, { recursive: true });
        if (content === undefined) continue;
        await copyFile(join(root, path), to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
        await chmod(to, kinds.get(path) === "executable" ? 0o755 : 0o644);
      }
      // Links last: no file can be written through one.
      for (const { path, target: link } of wanted) if (link !== undefined) await symlink(link, join(target, path));
    },
  };
}
