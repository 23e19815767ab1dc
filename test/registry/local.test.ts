import { expect, it } from "vitest";
import { promote, register } from "./builders.ts";
import { bareRepository, gitIn, registryOf, workRepository } from "./repositories.ts";

it("registers a version as one commit with one annotated tag on it", async () => {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  expect(await register(registry)).toBe(1);
  expect(await gitIn(folder, "rev-parse", "penguins@v1.0.0^{commit}")).toBe(
    await gitIn(folder, "rev-parse", "registry"),
  );
  expect(await gitIn(folder, "cat-file", "-t", "penguins@v1.0.0")).toBe("tag");
});

it("writes objects, trees, commits and tags that git fsck accepts", async () => {
  const folder = await workRepository();
  const registry = await registryOf(folder);
  for (const model of ["b", "a-b", "a", "a_c", "B"]) await register(registry, model);
  await promote(registry, 1, { model: "a" });
  expect(await gitIn(folder, "fsck", "--strict", "--full")).toBe("");
});

it("puts a stage's tag on the commit of its version", async () => {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  await register(registry);
  await register(registry);
  await promote(registry, 1);
  expect(await gitIn(folder, "rev-parse", "penguins#production#1^{commit}")).toBe(
    await gitIn(folder, "rev-parse", "penguins@v1.0.0^{commit}"),
  );
});
