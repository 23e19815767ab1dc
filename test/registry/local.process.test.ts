import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SlipwayError } from "../../core/errors.ts";
import { openObjects } from "../../core/git/objects.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { localTip } from "../../core/registry/local.ts";
import { SEEN_REF } from "../../core/registry/lost-branch.ts";
import { registrationChange } from "../../core/registry/records.ts";
import { repairRegistry } from "../../core/registry/repair.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { manifest, promote, register, WRITTEN } from "./builders.ts";
import { bareRepository, gitIn, registryOf, temporaryFolder, workRepository } from "./repositories.ts";

const first = () => registrationChange({ manifest: manifest({ registered_at: WRITTEN }), record: undefined });

describe("publishing", () => {
  it("registers a version as one commit with one annotated tag on it", async () => {
    const folder = await bareRepository();
    expect(await register(await registryOf(folder))).toBe(1);
    const tagged = await gitIn(folder, "rev-parse", "penguins@v1.0.0^{commit}");
    expect(tagged).toBe(await gitIn(folder, "rev-parse", "registry"));
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

  it("leaves the work tree and its index as they were", async () => {
    const folder = await workRepository();
    await register(await registryOf(folder));
    expect(await gitIn(folder, "status", "--porcelain")).toBe("");
  });

  it("works on after git gc has packed everything", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await gitIn(folder, "gc", "--quiet", "--prune=now");
    await promote(registry, 1);
    expect((await verifyRegistry({ folder })).findings).toEqual([]);
  });

  it("gives writers that race a version each", async () => {
    const folder = await bareRepository();
    const registries = await Promise.all([1, 2, 3, 4].map(() => registryOf(folder)));
    const versions = await Promise.all(
      registries.map((registry, at) => register(registry, "penguins", `${at}`.padStart(40, "0"))),
    );
    expect(versions.sort()).toEqual([1, 2, 3, 4]);
    expect((await verifyRegistry({ folder })).findings).toEqual([]);
  });

  it("registers a commit once, however many try", async () => {
    const folder = await bareRepository();
    const registries = await Promise.all([1, 2, 3].map(() => registryOf(folder)));
    expect(
      await Promise.all(registries.map((registry) => register(registry, "penguins", "1".padStart(40, "0")))),
    ).toEqual([1, 1, 1]);
    expect(await gitIn(folder, "rev-list", "--count", "registry")).toBe("1");
  });
});

describe("publishing is refused", () => {
  it("with REGISTRY_MOVED where the branch is not where it was", async () => {
    const registry = await registryOf(await bareRepository());
    const drafted = await registry.draft(first(), await registry.snapshot());
    await register(registry, "other");
    await expect(registry.publish(drafted)).rejects.toMatchObject({ code: "REGISTRY_MOVED" });
  });

  it("where a manifest would be written over", async () => {
    const registry = await registryOf(await bareRepository());
    await register(registry);
    await expect(registry.draft(first(), await registry.snapshot())).rejects.toMatchObject({
      code: "REGISTRY_CORRUPT",
    });
  });

  it.each(["penguins@v1.0.0", "penguins@v1.0.0/mine"])("where a user's tag %s is in the way", async (name) => {
    const folder = await workRepository();
    await gitIn(folder, "tag", name);
    const registry = await registryOf(folder);
    await expect(register(registry)).rejects.toMatchObject({
      code: "TAG_TAKEN",
      problems: [{ hint: expect.stringContaining("If it came from a remote's registry, use that: --remote <name>.") }],
    });
    expect((await registry.snapshot()).commit).toBeUndefined();
  });

  it("where the branch was reset: a version's number is never used again", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await register(registry);
    await gitIn(folder, "update-ref", "refs/heads/registry", "registry~1");
    const again = () => register(registry, "penguins", "b".repeat(40));
    await expect(again()).rejects.toMatchObject({ code: "REGISTRY_REWRITTEN" });
    await gitIn(folder, "update-ref", "-d", SEEN_REF);
    await expect(again()).rejects.toMatchObject({ code: "TAG_TAKEN" });
  });

  it("where the newest version's tag was replaced", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await gitIn(folder, "tag", "-f", "penguins@v1.0.0", "registry");
    await expect(promote(registry, 1)).rejects.toMatchObject({ code: "REGISTRY_CORRUPT" });
  });

  it("where a version's tag was moved to another commit", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await register(registry);
    await gitIn(folder, "tag", "-f", "-a", "-m", "x", "penguins@v1.0.0", "registry");
    await expect(promote(registry, 1)).rejects.toMatchObject({ code: "REGISTRY_CORRUPT" });
  });

  it.each([
    ["loose", async () => {}],
    ["packed", (folder: string) => gitIn(folder, "pack-refs", "--all", "--prune")],
  ])("where the user has branches below its name (%s), with a way out that loses nothing", async (_, pack) => {
    const folder = await workRepository();
    await gitIn(folder, "branch", "registry/x");
    const work = await gitIn(folder, "rev-parse", "registry/x");
    await pack(folder);
    const registry = await registryOf(folder);
    expect((await registry.snapshot()).commit).toBeUndefined();
    const refused = (await register(registry).catch((error: unknown) => error)) as SlipwayError;
    expect(refused).toMatchObject({ code: "NAME_TAKEN", problems: [{ found: "registry/x" }] });
    const [, command = ""] = /git (branch -m .*)$/.exec(refused.problems[0]?.hint ?? "") ?? [];
    await gitIn(folder, ...command.split(" "));
    expect(await register(registry)).toBe(1);
    expect(await gitIn(folder, "rev-parse", "registry-x")).toBe(work);
  });

  it("where a work tree has the branch checked out", async () => {
    const folder = await workRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await gitIn(folder, "worktree", "add", "--quiet", `${await temporaryFolder()}/registry`, "registry");
    await expect(register(registry)).rejects.toMatchObject({ code: "WRONG_BRANCH" });
  });
});

it("takes a branch that another writer makes while it is looked for to be there, and not lost", async () => {
  const folder = await bareRepository();
  const objects = await openObjects(folder);
  onTestFinished(() => objects.close());
  let made = false;
  const racing = {
    ...objects,
    async read(expression: string) {
      const found = await objects.read(expression);
      if (!made) await register(await registryOf(folder));
      made = true;
      return found;
    },
  };
  expect(await localTip(racing)).toBe(await gitIn(folder, "rev-parse", "registry"));
});

it("takes the empty folder of branches that are gone for no loss", async () => {
  const folder = await bareRepository();
  await mkdir(join(folder, "refs/heads/registry/x"), { recursive: true });
  const registry = await registryOf(folder);
  expect((await registry.snapshot()).commit).toBeUndefined();
  expect(await register(registry)).toBe(1);
});

describe("a branch that was lost", () => {
  it.each([
    ["deleted", (folder: string) => gitIn(folder, "update-ref", "-d", "refs/heads/registry"), "REGISTRY_REWRITTEN"],
    ["emptied", (folder: string) => writeFile(join(folder, "refs/heads/registry"), ""), "REGISTRY_CORRUPT"],
    [
      "pointed at nothing",
      (folder: string) => writeFile(join(folder, "refs/heads/registry"), `${"1".repeat(40)}\n`),
      "REGISTRY_CORRUPT",
    ],
  ])("is no empty registry: %s", async (_, spoil, code) => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await spoil(folder);
    await expect(registry.snapshot()).rejects.toMatchObject({ code });
    await expect(register(registry, "other")).rejects.toMatchObject({ code });
  });

  /** Nothing is left of it but the objects, and what the repository remembers. */
  async function forgotten() {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await promote(registry, 1);
    const tip = await gitIn(folder, "rev-parse", "registry");
    const tags = (await gitIn(folder, "tag", "--list")).split("\n");
    await gitIn(folder, "tag", "--delete", ...tags);
    await gitIn(folder, "branch", "--delete", "--force", "registry");
    return { folder, registry, tip };
  }

  it("is missed with all of its tags: nobody reads or begins another one in its place", async () => {
    const { folder, registry, tip } = await forgotten();
    const missed = { code: "REGISTRY_REWRITTEN", problems: [{ hint: expect.stringContaining(`registry ${tip}`) }] };
    await expect(registry.snapshot()).rejects.toMatchObject(missed);
    await expect(register(await registryOf(folder))).rejects.toMatchObject(missed);
    const { findings } = await verifyRegistry({ folder });
    expect(findings).toMatchObject([{ code: "BRANCH_MISSING", hint: missed.problems[0]?.hint }]);
  });

  it("comes back whole by what the finding says", async () => {
    const { folder, tip } = await forgotten();
    await gitIn(folder, "update-ref", "refs/heads/registry", tip);
    const { found } = await repairRegistry({ folder });
    expect(found.findings).toEqual([]);
  });

  it("is missed until somebody accepts that it went", async () => {
    const { folder } = await forgotten();
    await gitIn(folder, "update-ref", "-d", SEEN_REF);
    expect(await register(await registryOf(folder))).toBe(1);
  });

  it("is missed where it was set back with its tags, and nothing is built on what is left", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    const first = await gitIn(folder, "rev-parse", "registry");
    await promote(registry, 1);
    await gitIn(folder, "update-ref", "refs/heads/registry", first);
    await gitIn(folder, "tag", "--delete", "penguins#production#1");
    const { findings } = await verifyRegistry({ folder });
    expect(findings.map(({ code }) => code)).toEqual(["BRANCH_REWRITTEN"]);
    await expect(register(await registryOf(folder))).rejects.toMatchObject({ code: "REGISTRY_REWRITTEN" });
  });

  it("is missed by who has seen it by a verification alone", async () => {
    const folder = await bareRepository();
    await register(await registryOf(folder));
    const copy = await bareRepository();
    await gitIn(copy, "fetch", "--quiet", folder, "registry:registry", "refs/tags/*:refs/tags/*");
    expect((await verifyRegistry({ folder: copy })).findings).toEqual([]);
    await gitIn(copy, "tag", "--delete", "penguins@v1.0.0");
    await gitIn(copy, "branch", "--delete", "--force", "registry");
    expect((await verifyRegistry({ folder: copy })).findings).toMatchObject([{ code: "BRANCH_MISSING" }]);
  });

  it("is not missed where a remote's branch has all of it", async () => {
    const { folder, tip } = await forgotten();
    await gitIn(folder, "update-ref", "refs/remotes/origin/registry", tip);
    expect((await verifyRegistry({ folder })).findings).toEqual([]);
  });

  it("is not missed where others pushed more onto it", async () => {
    const folder = await bareRepository();
    await register(await registryOf(folder));
    const clone = await bareRepository();
    await gitIn(clone, "remote", "add", "origin", folder);
    await register(await registryOf(clone, "origin"));
    expect(await register(await registryOf(folder))).toBe(3);
    expect((await verifyRegistry({ folder })).findings).toEqual([]);
  });

  it("is not missed where another tool has tags of this form", async () => {
    const folder = await workRepository();
    await gitIn(folder, "tag", "-a", "-m", "mine", "lib@v1.0.0");
    expect((await (await registryOf(folder)).snapshot()).commit).toBeUndefined();
  });
});

describe("publishing with retries", () => {
  it("does nothing where the act has been done", async () => {
    const registry = await registryOf(await bareRepository());
    expect(await publishWithRetry(registry, async () => undefined)).toBeUndefined();
  });

  it("decides again from the state that won", async () => {
    const folder = await bareRepository();
    const [registry, other] = [await registryOf(folder), await registryOf(folder)];
    const seen: number[] = [];
    await publishWithRetry(registry, async (snapshot) => {
      const record = await snapshot.model("penguins");
      seen.push(record?.latest_version ?? 0);
      if (seen.length === 1) await register(other);
      const version = (record?.latest_version ?? 0) + 1;
      const source = { ...manifest().source, commit: "e".repeat(40) };
      return registrationChange({ manifest: manifest({ version, source, registered_at: WRITTEN }), record });
    });
    expect(seen).toEqual([0, 1]);
  });

  it("gives up after its attempts, and says that the registry moved", async () => {
    const folder = await bareRepository();
    const [registry, other] = [await registryOf(folder), await registryOf(folder)];
    let models = 0;
    const always = publishWithRetry(
      registry,
      async () => {
        models += 1;
        await register(other, `m${models}`);
        return first();
      },
      3,
    );
    await expect(always).rejects.toMatchObject({ code: "REGISTRY_MOVED" });
    expect(models).toBe(3);
  });

  it("does not repeat what failed for another reason", async () => {
    const registry = await registryOf(await bareRepository());
    let times = 0;
    const act = publishWithRetry(registry, async () => {
      times += 1;
      throw new SlipwayError("VERSION_UNKNOWN", "no");
    });
    await expect(act).rejects.toMatchObject({ code: "VERSION_UNKNOWN" });
    expect(times).toBe(1);
  });
});
