import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { encodeBlob } from "../../core/git/encode.ts";
import { looseRef } from "../../core/git/loose-ref.ts";
import { findRepository } from "../../core/git/repository.ts";
import { upkeep, upkeepDue } from "../../core/git/upkeep.ts";
import { writeObjects } from "../../core/git/write.ts";
import { ownerOf } from "../../core/process-owner.ts";
import { maintenanceDone, maintenanceOf } from "../../core/registry/maintenance.ts";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { register } from "../registry/builders.ts";
import { bareRepository, gitIn, registryOf } from "../registry/repositories.ts";

const TAGS = "refs/tags/";
const FEW = { packs: 4, refs: 4, objects: 1_000 };
const BOTH = { repack: true, packRefs: true };
const packs = async (folder: string) =>
  (await readdir(join(folder, "objects", "pack"))).filter((name) => name.endsWith(".pack")).length;

async function withVersions(versions: number) {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  for (let at = 0; at < versions; at += 1) await register(registry, `m${at}`);
  return { folder, registry, repository: await findRepository(folder) };
}

describe("upkeep", () => {
  it("is due when packs or refs are many", async () => {
    const { repository } = await withVersions(6);
    expect(await upkeepDue(repository, TAGS, FEW)).toEqual({ repack: true, packRefs: true });
    expect(await upkeepDue(repository, TAGS)).toEqual({ repack: false, packRefs: false });
  });

  it("packs objects and tags, and leaves the branch its own file", async () => {
    const { folder, registry, repository } = await withVersions(8);
    const { commit } = await registry.snapshot();
    expect(await upkeep(repository, BOTH, TAGS)).toBe(true);
    expect(await packs(folder)).toBeLessThanOrEqual(2);
    expect(await readdir(join(folder, TAGS))).toEqual([]);
    expect(looseRef(repository, REGISTRY_REF)).toBe(commit);
    expect((await verifyRegistry({ folder })).findings).toEqual([]);
  });

  it("goes on while others read and write, who notice nothing", async () => {
    const { folder, registry, repository } = await withVersions(10);
    const reader = await registryOf(folder);
    let done = false;
    const writing = (async () => {
      for (let at = 10; at < 30; at += 1) await register(registry, `m${at}`);
      done = true;
    })();
    const reading = (async () => {
      // What is in memory waits for nothing: without a turn of the loop nobody else would get on.
      for (; !done; await setImmediate()) expect((await (await reader.snapshot()).model("m3"))?.latest_version).toBe(1);
    })();
    while (!done) await upkeep(repository, BOTH, TAGS);
    await Promise.all([writing, reading]);
    expect((await verifyRegistry({ folder })).findings).toEqual([]);
    expect(await gitIn(folder, "fsck", "--strict", "--no-dangling")).toBe("");
    expect(await (await reader.snapshot()).models()).toHaveLength(30);
  });

  it("keeps what a writer wrote and no ref leads to yet", async () => {
    const { folder, repository } = await withVersions(5);
    const objects = Array.from({ length: 6 }, (_, at) => encodeBlob(`waiting ${at}`));
    await writeObjects(repository.objectFolder, objects);
    await writeObjects(repository.objectFolder, [encodeBlob("alone")]);
    await upkeep(repository, BOTH, TAGS);
    for (const { id } of [...objects, encodeBlob("alone")])
      expect(await gitIn(folder, "cat-file", "-t", id)).toBe("blob");
  });

  it("leaves it to another that is at it", async () => {
    const { repository } = await withVersions(5);
    const both = await Promise.all([upkeep(repository, BOTH, TAGS), upkeep(repository, BOTH, TAGS)]);
    expect(both.sort()).toEqual([false, true]);
  });

  it("clears the lock of one that was killed, and what was left half written long ago", async () => {
    const { folder, repository } = await withVersions(6);
    const boot = { ...ownerOf(process.pid), boot: "another" };
    await mkdir(join(folder, "slipway", "upkeep"), { recursive: true });
    await writeFile(join(folder, "slipway/upkeep/1"), JSON.stringify({ ...boot, refs: {}, since: Date.now() }));
    await writeFile(join(folder, "packed-refs.lock"), "");
    const half = join(folder, "objects", "pack", "tmp_pack_0123");
    await writeFile(half, "");
    await utimes(half, new Date(0), new Date(0));
    expect(await upkeep(repository, BOTH, TAGS)).toBe(true);
    expect(await readdir(join(folder, TAGS))).toEqual([]);
    expect((await readdir(join(folder, "objects", "pack"))).filter((name) => name.startsWith("tmp_"))).toEqual([]);
  });

  it("leaves a lock alone that somebody else holds", async () => {
    const { folder, repository } = await withVersions(5);
    const lock = join(folder, "packed-refs.lock");
    await writeFile(lock, "theirs");
    await upkeep(repository, BOTH, TAGS);
    expect(await readFile(lock, "utf8")).toBe("theirs");
    expect((await verifyRegistry({ folder })).findings.map(({ code }) => code)).toEqual(["LOCK_LEFT"]);
  });
});

it("has the branch where `git pack-refs --all` put it, and again where the next act does", async () => {
  const { folder, registry, repository } = await withVersions(2);
  const { commit } = await registry.snapshot();
  await gitIn(folder, "pack-refs", "--all");
  expect(looseRef(repository, REGISTRY_REF)).toBeUndefined();
  expect((await registry.snapshot()).commit).toBe(commit);
  await register(registry, "next");
  expect(looseRef(repository, REGISTRY_REF)).toBe((await registry.snapshot()).commit);
});

it("is done in the background, when it is due and not before", async () => {
  const { folder, repository } = await withVersions(6);
  maintenanceOf(repository, TAGS)();
  await maintenanceDone(repository);
  expect(await readdir(join(folder, TAGS))).toHaveLength(6);
  maintenanceOf(repository, TAGS, FEW)();
  await maintenanceDone(repository);
  expect(await readdir(join(folder, TAGS))).toEqual([]);
  expect((await verifyRegistry({ folder })).findings).toEqual([]);
});
