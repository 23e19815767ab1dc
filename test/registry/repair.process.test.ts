import { cp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repairRegistry } from "../../core/registry/repair.ts";
import { unpack } from "../../tools/trials/unpack.ts";
import { promote, register } from "./builders.ts";
import { bareRepository, gitIn, registryOf, temporaryFolder } from "./repositories.ts";

async function goodRegistry() {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  await register(registry);
  await promote(registry, 1);
  await register(registry);
  await registry.close();
  await unpack(folder);
  return folder;
}

async function copyOf(folder: string) {
  const copy = join(await temporaryFolder(), "copy.git");
  await cp(folder, copy, { recursive: true });
  return copy;
}

const looseFile = (folder: string, id: string) => join(folder, "objects", id.slice(0, 2), id.slice(2));

it("writes tags that are missing, as they were", async () => {
  const folder = await goodRegistry();
  const before = await gitIn(folder, "for-each-ref", "refs/tags");
  await gitIn(folder, "tag", "-d", "penguins@v1.0.0", "penguins#production#1");
  const { repaired, found } = await repairRegistry({ folder });
  expect(repaired.map(({ ref }) => ref)).toEqual(["refs/tags/penguins@v1.0.0", "refs/tags/penguins#production#1"]);
  expect(found.findings).toEqual([]);
  expect(await gitIn(folder, "for-each-ref", "refs/tags")).toBe(before);
});

it("writes a damaged tag's object from the records", async () => {
  const folder = await goodRegistry();
  const id = await gitIn(folder, "rev-parse", "penguins@v2.0.0");
  await rm(looseFile(folder, id));
  await writeFile(looseFile(folder, id), "garbage");
  expect((await repairRegistry({ folder })).found.findings).toEqual([]);
});

it("writes missing tags on the remote", async () => {
  const remote = await goodRegistry();
  await gitIn(remote, "tag", "-d", "penguins@v1.0.0");
  const folder = await temporaryFolder();
  await gitIn(folder, "clone", "--quiet", remote, ".");
  expect((await repairRegistry({ folder, remote: "origin" })).found.findings).toEqual([]);
  expect(await gitIn(remote, "tag", "-l", "penguins@v1.0.0")).toBe("penguins@v1.0.0");
});

it("brings back from a copy what its id proves, and what is below it", async () => {
  const folder = await goodRegistry();
  const copy = await copyOf(folder);
  for (const name of [
    "registry^{tree}",
    "registry:models/f9/penguins/versions",
    "registry:models/f9/penguins/versions/2.json",
  ])
    await rm(looseFile(folder, await gitIn(copy, "rev-parse", name)));
  const { repaired, found } = await repairRegistry({ folder, from: copy });
  expect(repaired).toHaveLength(3);
  expect(found.findings).toEqual([]);
});

it("brings back from the remotes where no copy is named, and keeps the damaged file", async () => {
  const folder = await goodRegistry();
  await gitIn(folder, "remote", "add", "backup", await copyOf(folder));
  const id = await gitIn(folder, "rev-parse", "registry:models/f9/penguins/model.json");
  await rm(looseFile(folder, id));
  await writeFile(looseFile(folder, id), "garbage");
  expect((await repairRegistry({ folder })).found.findings).toEqual([]);
  expect(await readdir(join(folder, "slipway/damaged"))).toEqual([id]);
});

it("takes nothing from a copy that is damaged too", async () => {
  const folder = await goodRegistry();
  const [id, other] = await Promise.all(
    ["1", "2"].map((version) => gitIn(folder, "rev-parse", `registry:models/f9/penguins/versions/${version}.json`)),
  );
  const copy = await copyOf(folder);
  await rm(looseFile(copy, id as string));
  await cp(looseFile(copy, other as string), looseFile(copy, id as string));
  await rm(looseFile(folder, id as string));
  const { repaired, found } = await repairRegistry({ folder, from: copy });
  expect(repaired).toEqual([]);
  expect(found.findings.map(({ code }) => code)).toEqual(["OBJECT_MISSING"]);
});

it("leaves what somebody wrote for somebody to decide", async () => {
  const folder = await goodRegistry();
  await gitIn(folder, "tag", "-f", "-a", "-m", "mine", "penguins@v1.0.0", "registry");
  const mine = await gitIn(folder, "rev-parse", "penguins@v1.0.0");
  const { repaired, found } = await repairRegistry({ folder });
  expect(repaired).toEqual([]);
  expect(found.findings.map(({ code }) => code)).toEqual(["TAG_MOVED"]);
  expect(await gitIn(folder, "rev-parse", "penguins@v1.0.0")).toBe(mine);
});

it("leaves a lock that nothing proves stale", async () => {
  const folder = await goodRegistry();
  const lock = join(folder, "refs/heads/registry.lock");
  await writeFile(lock, "");
  const { repaired, found } = await repairRegistry({ folder });
  expect(repaired).toEqual([]);
  expect(found.findings).toMatchObject([{ code: "LOCK_LEFT", found: lock }]);
});
