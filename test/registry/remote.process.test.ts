import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { SlipwayError } from "../../core/errors.ts";
import { registrationChange } from "../../core/registry/records.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { manifest, promote, register } from "./builders.ts";
import { bareRepository, gitIn, registryOf, temporaryFolder } from "./repositories.ts";

/** A bare repository with one commit on main. */
async function origin(): Promise<string> {
  const folder = await bareRepository();
  const tree = await gitIn(folder, "hash-object", "-t", "tree", "-w", "/dev/null");
  await gitIn(folder, "update-ref", "refs/heads/main", await gitIn(folder, "commit-tree", "-m", "first", tree));
  return folder;
}

async function cloneOf(url: string, ...options: string[]): Promise<string> {
  const folder = await temporaryFolder();
  await gitIn(folder, "clone", "--quiet", ...options, url, ".");
  return folder;
}

describe.each([
  ["a path", (folder: string) => folder],
  ["a file:// URL", (folder: string) => pathToFileURL(folder).href],
])("a remote by %s", (_, urlOf) => {
  it("takes a registration and a promotion, tags and all", async () => {
    const remote = await origin();
    const registry = await registryOf(await cloneOf(urlOf(remote)), "origin");
    await register(registry);
    await promote(registry, 1);
    const { findings, ...seen } = await verifyRegistry({ folder: remote });
    expect(findings).toEqual([]);
    expect(seen).toMatchObject({ versions: 1, decisions: 1 });
  });
});

it("refuses a remote with branches below its name, with a way out that loses nothing", async () => {
  const remote = await origin();
  const work = await gitIn(remote, "rev-parse", "main");
  await gitIn(remote, "branch", "registry/x");
  const folder = await cloneOf(remote);
  const registry = await registryOf(folder, "origin");
  const refused = (await register(registry).catch((error: unknown) => error)) as SlipwayError;
  expect(refused).toMatchObject({ code: "NAME_TAKEN", problems: [{ found: "registry/x" }] });
  const [, commands = ""] = /: (git fetch .*)$/.exec(refused.problems[0]?.hint ?? "") ?? [];
  for (const command of commands.split(" && ")) await gitIn(folder, ...command.split(" ").slice(1));
  expect(await register(registry)).toBe(1);
  expect(await gitIn(remote, "rev-parse", "registry-x")).toBe(work);
});

it("says how to make room where a clone keeps branches that its remote has no more", async () => {
  const remote = await origin();
  await gitIn(remote, "branch", "registry/x");
  const folder = await cloneOf(remote);
  await gitIn(remote, "branch", "-m", "registry/x", "x");
  await register(await registryOf(await cloneOf(remote), "origin"));
  const registry = await registryOf(folder, "origin");
  const problems = [{ hint: "git remote prune origin" }];
  await expect(registry.snapshot()).rejects.toMatchObject({ code: "NAME_TAKEN", problems });
  await gitIn(folder, "remote", "prune", "origin");
  expect(await register(registry, "penguins", "b".repeat(40))).toBe(2);
});

it.each([
  ["push.gpgSign", "true"],
  ["push.pushOption", "ci.skip"],
  ["push.default", "nothing"],
  ["push.followTags", "true"],
  ["fetch.prune", "true"],
  ["core.hooksPath", "/nowhere"],
  ["commit.gpgSign", "true"],
  ["tag.gpgSign", "true"],
  ["core.quotePath", "true"],
  ["transfer.fsckObjects", "true"],
])("writes whatever the user's %s says of their own work", async (key, value) => {
  const remote = await origin();
  const folder = await cloneOf(remote);
  await gitIn(folder, "config", key, value);
  const registry = await registryOf(folder, "origin");
  await register(registry);
  await promote(registry, 1);
  expect((await verifyRegistry({ folder: remote })).findings).toEqual([]);
});

it("gives two clones that race one version each, and no retry by hand", async () => {
  const remote = await origin();
  const clones = await Promise.all([cloneOf(remote), cloneOf(remote)]);
  const registries = await Promise.all(clones.map((clone) => registryOf(clone, "origin")));
  const versions = await Promise.all(
    registries.flatMap((registry, at) => [
      register(registry, "penguins", `${at}1`.padStart(40, "0")),
      register(registry, "penguins", `${at}2`.padStart(40, "0")),
    ]),
  );
  expect(versions.sort()).toEqual([1, 2, 3, 4]);
  expect((await verifyRegistry({ folder: remote })).findings).toEqual([]);
});

it("registers a commit once, whoever comes second", async () => {
  const remote = await origin();
  const clones = await Promise.all([cloneOf(remote), cloneOf(remote)]);
  const registries = await Promise.all(clones.map((clone) => registryOf(clone, "origin")));
  const versions = await Promise.all(registries.map((registry) => register(registry)));
  expect(versions).toEqual([1, 1]);
  expect(await gitIn(remote, "rev-list", "--count", "registry")).toBe("1");
});

it("rejects with REGISTRY_MOVED where the remote's branch is not where it was", async () => {
  const remote = await origin();
  const registry = await registryOf(await cloneOf(remote), "origin");
  const change = registrationChange({ manifest: manifest(), record: undefined });
  const drafted = await registry.draft(change, await registry.snapshot());
  await register(await registryOf(await cloneOf(remote), "origin"), "other");
  await expect(registry.publish(drafted)).rejects.toMatchObject({ code: "REGISTRY_MOVED" });
});

it("completes the tag that an interrupted writer left out on the remote", async () => {
  const remote = await origin();
  const registry = await registryOf(await cloneOf(remote), "origin");
  await register(registry);
  await promote(registry, 1);
  await gitIn(remote, "tag", "-d", "penguins#production#1");
  await register(await registryOf(await cloneOf(remote), "origin"));
  expect((await verifyRegistry({ folder: remote })).findings).toEqual([]);
});

it("finds a version's commit on the remote from a clone without tags", async () => {
  const remote = await origin();
  await register(await registryOf(await cloneOf(remote), "origin"));
  const clone = await cloneOf(pathToFileURL(remote).href, "--no-tags", "--single-branch", "--depth=1");
  await promote(await registryOf(clone, "origin"), 1);
  expect((await verifyRegistry({ folder: remote })).findings).toEqual([]);
});

it("tracks what it has written, in a mirror without a refspec for it too", async () => {
  const [remote, mirror] = [await origin(), await bareRepository()];
  await gitIn(mirror, "config", "remote.origin.url", remote);
  await register(await registryOf(mirror, "origin"));
  const written = await gitIn(remote, "rev-parse", "refs/heads/registry");
  expect(await gitIn(mirror, "rev-parse", "refs/remotes/origin/registry")).toBe(written);
});

it("leaves the clone's own branches and tags alone", async () => {
  const clone = await cloneOf(await origin());
  await register(await registryOf(clone, "origin"));
  expect(await gitIn(clone, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags")).toBe("refs/heads/main");
});

it("verifies the remote from a clone", async () => {
  const remote = await origin();
  const clone = await cloneOf(remote);
  await register(await registryOf(clone, "origin"));
  await gitIn(remote, "tag", "-a", "-m", "x", "penguins@v9.0.0", "registry");
  const { findings } = await verifyRegistry({ folder: clone, remote: "origin" });
  expect(findings.map(({ code, ref }) => [code, ref])).toEqual([["TAG_UNKNOWN", "refs/tags/penguins@v9.0.0"]]);
});

it("says that a tag's name is taken on the remote, and changes nothing", async () => {
  const remote = await origin();
  await gitIn(remote, "tag", "-a", "-m", "mine", "penguins@v1.0.0", "main");
  const registry = await registryOf(await cloneOf(remote), "origin");
  await expect(register(registry)).rejects.toMatchObject({ code: "TAG_TAKEN" });
  expect((await registry.snapshot()).commit).toBeUndefined();
});

it("passes on the words of a remote that refuses", async () => {
  const remote = await origin();
  await writeFile(join(remote, "hooks", "pre-receive"), "#!/bin/sh\necho the ruleset says no >&2\nexit 1\n", {
    mode: 0o755,
  });
  const registry = await registryOf(await cloneOf(remote), "origin");
  const error = await register(registry).catch((error: unknown) => error);
  expect(error).toMatchObject({
    code: "REMOTE_FAILED",
    problems: [{ found: expect.stringContaining("ruleset says no") }],
  });
});

it("says that a remote cannot be reached, in Git's words", async () => {
  const clone = await cloneOf(await origin());
  await gitIn(clone, "remote", "set-url", "origin", "/nowhere/at/all");
  const registry = await registryOf(clone, "origin");
  const error = await registry.snapshot().catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "REMOTE_FAILED", problems: [{ found: expect.stringContaining("/nowhere") }] });
});

it("asks for a remote that is configured", async () => {
  const clone = await cloneOf(await origin());
  await expect(registryOf(clone, "upstream")).rejects.toMatchObject({ code: "USAGE" });
});

/** A clone that has seen two versions on the remote. */
async function seenTwo() {
  const remote = await origin();
  const clone = await cloneOf(remote);
  const registry = await registryOf(clone, "origin");
  await register(registry);
  await register(registry);
  return { remote, clone, registry, tip: await gitIn(remote, "rev-parse", "registry") };
}

describe.each([
  ["set back", (remote: string) => gitIn(remote, "update-ref", "refs/heads/registry", "registry~1")],
  ["deleted", (remote: string) => gitIn(remote, "update-ref", "-d", "refs/heads/registry")],
])("a remote's branch that was %s", (_, spoil) => {
  it("is neither read nor written, and how to restore it is said", async () => {
    const { remote, clone, registry, tip } = await seenTwo();
    await spoil(remote);
    const error = await register(registry).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "REGISTRY_REWRITTEN", problems: [{ expected: expect.stringContaining(tip) }] });
    const hint = (error as { problems: { hint: string }[] }).problems[0]?.hint ?? "";
    const [, push] = /Restore it with `([^`]+)`/.exec(hint) ?? [];
    execFileSync("sh", ["-c", push as string], { cwd: clone, stdio: "ignore" });
    expect(await register(registry)).toBe(3);
    expect((await verifyRegistry({ folder: clone, remote: "origin" })).findings).toEqual([]);
  });

  it("goes on being what the clone saw, for who reads the clone", async () => {
    const { remote, clone, registry, tip } = await seenTwo();
    await spoil(remote);
    await registry.snapshot().catch(() => {});
    expect(await gitIn(clone, "rev-parse", "refs/remotes/origin/registry")).toBe(tip);
  });

  it("is named by verify", async () => {
    const { remote, clone } = await seenTwo();
    await spoil(remote);
    const { findings } = await verifyRegistry({ folder: clone, remote: "origin" });
    expect(findings.map(({ code }) => code)).toEqual(["BRANCH_REWRITTEN"]);
  });

  it("can be accepted by a person", async () => {
    const { remote, clone, registry } = await seenTwo();
    await spoil(remote);
    await gitIn(clone, "update-ref", "-d", "refs/slipway/origin/registry");
    expect(await (await registry.snapshot()).versions("penguins")).not.toEqual([1, 2]);
  });
});
