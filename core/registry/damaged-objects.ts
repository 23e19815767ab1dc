import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseCommit } from "../git/commit-object.ts";
import { type GitObject, type GitObjects, openObjects } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { runGit } from "../git/run.ts";
import { soundObjects } from "../git/sound-objects.ts";
import { parseTree } from "../git/tree-object.ts";
import { writeObjects } from "../git/write.ts";

/** Where whole objects may be had. */
export interface Copy {
  /** As a person named it. */
  name: string;
  read(id: string): Promise<GitObject | undefined>;
  close(): Promise<void>;
}

/**
 * The copy that a person named (a folder or a URL), otherwise those of the repository's remotes that can be reached. A
 * remote is fetched into a folder of its own: what is damaged here would be in the way of it.
 */
export async function openCopies(objects: GitObjects, from: string | undefined): Promise<Copy[]> {
  const { folder, top } = objects.repository;
  const copies: Copy[] = [];
  const local = from === undefined ? undefined : await openObjects(from).catch(() => undefined);
  if (local !== undefined && from !== undefined) {
    const read = (id: string) => local.read(id).catch(() => undefined);
    return [{ name: from, read, close: () => local.close() }];
  }
  const remotes = (await runGit(folder, ["remote"])).stdout.toString().split("\n").filter(Boolean);
  for (const name of from === undefined ? remotes : [from]) {
    const said = (await runGit(folder, ["ls-remote", "--get-url", name])).stdout.toString().trim();
    const url = /^[a-z][a-z+]*:\/\/|^[^/]+:/i.test(said) ? said : resolve(top ?? folder, said);
    const copy = await fetchCopy(objects.repository, name, url);
    if (copy !== undefined) copies.push(copy);
  }
  return copies;
}

async function fetchCopy(repository: Repository, name: string, url: string): Promise<Copy | undefined> {
  const target = await mkdtemp(join(tmpdir(), "slipway-copy-"));
  const done = () => rm(target, { recursive: true, force: true });
  const refspecs = ["+refs/heads/registry*:refs/heads/registry*", "+refs/tags/*:refs/tags/*"];
  // The repository's own configuration may say how its remotes are reached.
  const own = ["-c", `include.path=${join(repository.commonFolder, "config")}`];
  const env = await repository.remoteEnvironment?.();
  await runGit(target, ["init", "--quiet", "--bare", "--template="]);
  const { code } = await runGit(
    target,
    [...own, "fetch", "--quiet", "--no-tags", url, ...refspecs],
    env ? { env } : {},
  );
  if (code !== 0) {
    await done();
    return undefined;
  }
  const objects = await openObjects(target);
  const read = (id: string) => objects.read(id).catch(() => undefined);
  return { name, read, close: () => objects.close().then(done) };
}

/**
 * Puts whole objects in the place of damaged ones, and of those that they lead to; resolves to where each came from, by id.
 * The id proves the bytes.
 */
export async function restoreObjects(
  objects: GitObjects,
  ids: readonly string[],
  copies: readonly Copy[],
): Promise<Map<string, string>> {
  const { repository } = objects;
  const restored = new Map<string, string>();
  const sound = soundObjects(objects, Number.MAX_SAFE_INTEGER);
  for (let wanted = [...ids]; wanted.length > 0; ) {
    const next = new Set<string>();
    for (const id of wanted)
      for (const copy of copies) {
        const object = await copy.read(id);
        if (object === undefined) continue;
        await setAside(repository, id);
        await writeObjects(repository.objectFolder, [object]);
        restored.set(id, copy.name);
        for (const below of linksOf(object)) next.add(below);
        break;
      }
    wanted = [];
    await sound.readMany([...next], (id) => wanted.push(id));
  }
  return restored;
}

function linksOf({ type, content }: GitObject): string[] {
  if (type === "tree") return parseTree(content).flatMap(({ mode, id }) => (mode === "160000" ? [] : [id]));
  if (type !== "commit") return [];
  const { tree, parents } = parseCommit(content);
  return [tree, ...parents];
}

/** A damaged loose object is kept, out of Git's sight: it would be in the way of the whole one. */
export async function setAside({ objectFolder, commonFolder }: Repository, id: string): Promise<void> {
  const damaged = join(commonFolder, "slipway", "damaged");
  await mkdir(damaged, { recursive: true });
  await rename(join(objectFolder, id.slice(0, 2), id.slice(2)), join(damaged, id)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    },
  );
}
