import { join } from "node:path";
import { expect, it } from "vitest";
import { plainHost } from "../acts/plain-host.ts";
import { register } from "../registry/builders.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

/** A clone of a repository whose registry has one version. */
async function clone() {
  const host = await plainHost();
  await register(host.registry);
  const cwd = join(await temporaryFolder(), "clone");
  await gitIn(host.workspace.folder, "clone", "--quiet", host.workspace.folder, cwd);
  return { cwd, origin: host.workspace.folder };
}

const NOTE = "This repository has no registry, and origin has one: --remote origin takes that.";

it.each([["ls"], ["show", "penguins"], ["verify"], ["pull", "penguins"]])(
  "%s says in a clone without a registry that a remote has one",
  async (...words) => {
    expect((await slipway(words, await clone())).stderr).toContain(NOTE);
  },
);

it("says nothing of it where the remote is asked", async () => {
  expect((await slipway(["ls", "--remote", "origin"], await clone())).stderr).not.toContain("This repository");
});

it("says nothing of it where there is a registry here, or none at all", async () => {
  const { origin } = await clone();
  expect((await slipway(["ls"], { cwd: origin })).stderr).toBe("");
  const empty = await plainHost();
  expect((await slipway(["ls"], { cwd: empty.workspace.folder })).stderr).toBe("");
});
