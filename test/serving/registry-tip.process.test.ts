import { rename } from "node:fs/promises";
import { expect, it, onTestFinished } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { registryOn } from "../../core/registry/open.ts";
import { lookAtTip } from "../../core/serving/registry-tip.ts";
import { register } from "../registry/builders.ts";
import { bareRepository, gitIn, registryOf, workRepository } from "../registry/repositories.ts";

/** Looks at the registry of a repository, or of its remote origin. */
async function looking(folder: string, remote?: string) {
  const objects = await openObjects(folder);
  onTestFinished(() => objects.close());
  const registry = await registryOn(objects, remote, undefined);
  return lookAtTip({ workspace: await openWorkspace(folder), objects, registry, remote });
}

const tip = (folder: string) => gitIn(folder, "rev-parse", "registry");

it("sees what is published here", async () => {
  const folder = await workRepository();
  const registry = await registryOf(folder);
  await register(registry);
  const look = await looking(folder);
  const first = await look(undefined);
  expect(first).toBe(await tip(folder));
  await register(registry);
  expect(await look(first)).toBe(await tip(folder));
});

it("sees it in a repository whose refs were packed", async () => {
  const folder = await workRepository();
  await register(await registryOf(folder));
  await gitIn(folder, "pack-refs", "--all");
  const look = await looking(folder);
  expect(await look(undefined)).toBe(await tip(folder));
});

it("has nothing where nothing was ever registered", async () => {
  const look = await looking(await workRepository());
  expect(await look(undefined)).toBeUndefined();
});

it("sees what is pushed to the remote", async () => {
  const [origin, clone] = [await bareRepository(), await workRepository()];
  await gitIn(clone, "remote", "add", "origin", origin);
  const registry = await registryOf(clone, "origin");
  await register(registry);
  const look = await looking(clone, "origin");
  const first = await look(undefined);
  expect(first).toBe(await tip(origin));
  await register(registry);
  expect(await look(first)).toBe(await tip(origin));
});

it("says that a remote does not answer", async () => {
  const [origin, clone] = [await bareRepository(), await workRepository()];
  await gitIn(clone, "remote", "add", "origin", origin);
  await register(await registryOf(clone, "origin"));
  const look = await looking(clone, "origin");
  const first = await look(undefined);
  await rename(origin, `${origin}-away`);
  await expect(look(first)).rejects.toMatchObject({ code: "REMOTE_FAILED" });
  await rename(`${origin}-away`, origin);
  expect(await look(first)).toBe(first);
});

it.each(["here", "on the remote"])("refuses a branch that was set back %s since it was seen", async (where) => {
  const [origin, clone] = [await bareRepository(), await workRepository()];
  await gitIn(clone, "remote", "add", "origin", origin);
  const remote = where === "here" ? undefined : "origin";
  const registry = await registryOf(clone, remote);
  await register(registry);
  await register(registry);
  const look = await looking(clone, remote);
  const first = await look(undefined);
  await gitIn(remote === undefined ? clone : origin, "update-ref", "refs/heads/registry", "registry~1");
  await expect(look(first)).rejects.toMatchObject({ code: "REGISTRY_REWRITTEN" });
});

it("refuses at its start a branch that was set back before", async () => {
  const folder = await workRepository();
  const registry = await registryOf(folder);
  await register(registry);
  await register(registry);
  await gitIn(folder, "update-ref", "refs/heads/registry", "registry~1");
  const look = await looking(folder);
  await expect(look(undefined)).rejects.toMatchObject({ code: "REGISTRY_REWRITTEN" });
});
