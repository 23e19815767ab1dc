import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toSecond } from "../../core/clock.ts";
import { readLog } from "../../core/registry/log.ts";
import { commitId, promote, register } from "./builders.ts";
import { bareRepository, gitIn, registryOf, temporaryFolder, workRepository } from "./repositories.ts";
import { rewriteTip } from "./tamper.ts";

describe("a snapshot", () => {
  it("is empty where nothing was ever registered", async () => {
    const snapshot = await (await registryOf(await bareRepository())).snapshot();
    expect(snapshot.commit).toBeUndefined();
    expect(await snapshot.models()).toEqual([]);
    expect(await snapshot.model("penguins")).toBeUndefined();
  });

  it("lists models page by page, in order", async () => {
    const registry = await registryOf(await bareRepository());
    for (const model of ["b", "a-b", "a", "C"]) await register(registry, model);
    const snapshot = await registry.snapshot();
    const first = await snapshot.models({ limit: 2 });
    const second = await snapshot.models({ limit: 9, after: first.at(-1) as string });
    expect([first, second]).toEqual([
      ["C", "a"],
      ["a-b", "b"],
    ]);
  });

  it.each(["00", "F9", "f9f"])(
    "lists no model that somebody put into another folder than its own: %s",
    async (shard) => {
      const folder = await bareRepository();
      await register(await registryOf(folder));
      const record = await gitIn(folder, "show", "registry:models/f9/penguins/model.json");
      await rewriteTip(folder, { [`models/${shard}/penguins/model.json`]: () => `${record}\n` });
      expect(await (await (await registryOf(folder)).snapshot()).models()).toEqual(["penguins"]);
    },
  );

  it("lists versions as numbers", async () => {
    const registry = await registryOf(await bareRepository());
    for (let version = 1; version <= 11; version += 1) await register(registry);
    expect((await (await registry.snapshot()).versions("penguins")).slice(-2)).toEqual([10, 11]);
  });

  it("reads a manifest with its blob's id", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    const found = await (await registry.snapshot()).manifest("penguins", 1);
    expect(found?.manifest.version).toBe(1);
    expect(found?.blob).toBe(await gitIn(folder, "rev-parse", "registry:models/f9/penguins/versions/1.json"));
  });

  it("lists decisions oldest first, refusals too", async () => {
    const registry = await registryOf(await bareRepository());
    await register(registry);
    await promote(registry, 1, { id: "f".repeat(16) });
    await promote(registry, 1, { id: "a".repeat(16), outcome: "refused", decided_at: "2026-03-02T00:00:00.000Z" });
    const decisions = await (await registry.snapshot()).list("decision", "penguins");
    expect(decisions.map(({ outcome }) => outcome)).toEqual(["promoted", "refused"]);
  });

  it("knows which version a source commit became", async () => {
    const registry = await registryOf(await bareRepository());
    await register(registry);
    const snapshot = await registry.snapshot();
    expect(await snapshot.read({ kind: "registration", model: "penguins", source: commitId(1) })).toMatchObject({
      version: 1,
    });
    expect(await snapshot.read({ kind: "registration", model: "penguins", source: commitId(2) })).toBeUndefined();
  });

  it("does not change while it is held", async () => {
    const registry = await registryOf(await bareRepository());
    await register(registry);
    const snapshot = await registry.snapshot();
    await register(registry);
    expect(await snapshot.versions("penguins")).toEqual([1]);
  });

  it.each(["../penguins", "a\nb", "a:b", "", "penguins/versions"])("has no model called %j", async (name) => {
    const registry = await registryOf(await bareRepository());
    await register(registry);
    const snapshot = await registry.snapshot();
    expect(await snapshot.model(name)).toBeUndefined();
    expect(await snapshot.versions(name)).toEqual([]);
  });

  it("names the path and the commit of a record that does not parse", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    await rewriteTip(folder, { "models/f9/penguins/model.json": () => '{"slipway":1}' });
    const snapshot = await registry.snapshot();
    await expect(snapshot.model("penguins")).rejects.toMatchObject({
      code: "REGISTRY_CORRUPT",
      problems: [{ file: "models/f9/penguins/model.json", found: expect.stringContaining(snapshot.commit as string) }],
    });
  });

  it("refuses a branch that happens to be called registry", async () => {
    const folder = await workRepository();
    await gitIn(folder, "branch", "registry");
    await rewriteTip(folder, { "README.md": () => "mine\n" });
    await expect((await registryOf(folder)).snapshot()).rejects.toMatchObject({ code: "REGISTRY_CORRUPT" });
  });

  it("needs a repository", async () => {
    await expect(registryOf(await temporaryFolder())).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
  });

  it("refuses a repository whose ids are SHA-256", async () => {
    const folder = await temporaryFolder();
    await gitIn(folder, "init", "--quiet", "--object-format=sha256");
    await expect(registryOf(folder)).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});

describe("the audit log", () => {
  it("tells each act, newest first", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    await register(registry);
    const { id, decided_at } = await promote(registry, 1);
    expect(await readLog(folder)).toEqual([
      {
        commit: (await registry.snapshot()).commit,
        at: toSecond(decided_at),
        actor: { name: "Ada", id: "ada@example.org" },
        subject: "Promote penguins version 1 to production",
        act: "promote",
        outcome: "promoted",
        model: "penguins",
        version: 1,
        stage: "production",
        decision: id,
        host: "cli",
      },
      expect.objectContaining({ act: "register", model: "penguins", version: 1, source: commitId(1) }),
    ]);
  });

  it("pages through one model's acts", async () => {
    const folder = await bareRepository();
    const registry = await registryOf(folder);
    for (const model of ["a", "ab", "a", "b", "a"]) await register(registry, model);
    const first = await readLog(folder, { model: "a", limit: 2 });
    const rest = await readLog(folder, { model: "a", after: first.at(-1)?.commit as string });
    expect([first, rest].map((page) => page.map(({ version }) => version))).toEqual([[3, 2], [1]]);
  });

  it("shows a commit made by hand as no act", async () => {
    const folder = await bareRepository();
    await register(await registryOf(folder));
    await rewriteTip(folder, { "models/penguins/x": () => "x" }, "by hand");
    const [newest] = await readLog(folder);
    expect(newest?.actor.name).toBe("Eve");
    expect(newest).not.toHaveProperty("act");
  });

  it("is empty where there is no registry, or no such model", async () => {
    const folder = await bareRepository();
    expect(await readLog(folder)).toEqual([]);
    await register(await registryOf(folder));
    expect(await readLog(folder, { model: ".*" })).toEqual([]);
  });

  it("is read from a linked work tree and a subfolder too", async () => {
    const folder = await workRepository();
    await register(await registryOf(folder));
    const linked = join(await temporaryFolder(), "linked");
    await gitIn(folder, "worktree", "add", "--quiet", "--detach", linked);
    await mkdir(join(linked, "sub"));
    await register(await registryOf(join(linked, "sub")));
    expect(await readLog(join(linked, "sub"))).toHaveLength(2);
  });
});
