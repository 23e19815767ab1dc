import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { collectGarbage } from "../../core/acts/collect-garbage.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import type { ArtifactStore } from "../../core/stores/store.ts";
import type { StoredFile } from "../../schemas/manifest.ts";
import { slipway } from "../cli/memory-host.ts";
import { ADA, ARTIFACT, promote, register } from "../registry/builders.ts";
import { bareRepository, gitIn } from "../registry/repositories.ts";
import { registerNext, servedHost } from "../serving/registered.ts";
import { plainHost } from "./plain-host.ts";
import { testSharedStore } from "./shared-store.ts";

const inThreeDays = () => new Date(Date.now() + 3 * 24 * 60 * 60 * 1_000);

async function folderWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-put-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "file"), text);
  return folder;
}

async function put({ store }: Ports, text: string): Promise<StoredFile> {
  return store.putFile(join(await folderWith(text), "file"));
}

const names = (objects: readonly { name: string }[]) => objects.map(({ name }) => name);

it("lists what no record names, and removes nothing unless it is told to", async () => {
  const host = await plainHost({}, { clock: inThreeDays });
  await register(host.registry);
  const left = await put(host, "left over");
  const { garbage, needed } = await collectGarbage(host);
  expect(names(garbage)).toEqual([left.sha256]);
  expect(needed).toBe(2);
  expect(await host.store.has(left)).toBe("ok");
});

it("removes what no record names, and nothing that one does", async () => {
  const host = await plainHost({}, { clock: inThreeDays });
  await register(host.registry);
  const left = await put(host, "left over");
  const { removals } = await collectGarbage(host, { remove: true });
  expect([...removals]).toEqual([[left.sha256, { outcome: "removed" }]]);
  expect(await host.store.verify(ARTIFACT)).toBe("ok");
  expect(await host.store.has(left)).toBe("missing");
});

it("leaves what is younger than two days: a run that was stored a day ago may be about to be registered", async () => {
  const host = await plainHost({}, { clock: () => new Date(Date.now() + 47 * 60 * 60 * 1_000) });
  await put(host, "put yesterday");
  expect(await collectGarbage(host, { remove: true })).toMatchObject({ garbage: [], young: 3 });
});

it("keeps what an experiment alone names", async () => {
  const host = await plainHost({}, { clock: inThreeDays });
  const trained = await put(host, "trained");
  await openExperiments(host.objects, undefined).write({
    files: { "runs/penguins/x.json": JSON.stringify({ artifact: trained }) },
    ...{ subject: "Note a run", author: ADA, at: new Date("2026-03-01T09:00:00Z") },
  });
  const { garbage } = await collectGarbage(host);
  expect(names(garbage)).not.toContain(trained.sha256);
});

it("keeps what answers or is about to: of the version that rolls out, of the live one and of the one before", async () => {
  const policy = "slipway: 1\nrollout: { production: { steps: [{ shadow: 1h }, { share: 1 }] } }\n";
  const host = await servedHost(["tiny"], policy);
  const kept = [];
  for (const text of ["before", "live", "coming"]) {
    const artifact = await host.store.putFolder(await folderWith(text));
    const served_predictions = await put(host, `served by ${text}`);
    await registerNext(host, "tiny", { artifact, served_predictions });
    kept.push({ artifact, served_predictions });
  }
  for (const version of [1, 2]) await promote(host.registry, version, { model: "tiny" });
  const rolling = { model: "tiny", version: 3, stage: "production", requestedBy: ADA };
  expect(await promoteVersion(host, rolling)).toMatchObject({ outcome: "rolling-out" });
  const left = await put(host, "left over");
  const { removals } = await collectGarbage({ ...host, clock: inThreeDays }, { remove: true });
  expect([...removals.keys()]).toContain(left.sha256);
  for (const { artifact, served_predictions } of kept) {
    expect(await host.store.verify(artifact)).toBe("ok");
    expect(await host.store.verify(served_predictions)).toBe("ok");
  }
});

testSharedStore("a folder", async () => ({ choice: `file:${await folderWith("store")}` }));

it("keeps what the registry of a remote alone names, as it stands there now", async () => {
  const host = await plainHost({}, { clock: inThreeDays });
  const remote = await bareRepository();
  await gitIn(host.workspace.folder, "remote", "add", "team", remote);
  await register(host.registry);
  await gitIn(host.workspace.folder, "push", "team", "refs/heads/registry");
  await gitIn(host.workspace.folder, "update-ref", "-d", "refs/heads/registry");
  await gitIn(host.workspace.folder, "update-ref", "-d", "refs/remotes/team/registry");
  expect(await collectGarbage(host)).toMatchObject({ garbage: [], needed: 2 });
});

it("removes nothing if a remote cannot be asked", async () => {
  const host = await plainHost({}, { clock: inThreeDays });
  await gitIn(host.workspace.folder, "remote", "add", "team", join(host.workspace.folder, "nowhere"));
  await expect(collectGarbage(host, { remove: true })).rejects.toMatchObject({ code: "REMOTE_FAILED" });
  expect(await host.store.verify(ARTIFACT)).toBe("ok");
});

it("loses nothing of a version that is registered while it runs", async () => {
  const host = await plainHost({}, { clock: inThreeDays });
  const store: ArtifactStore = {
    ...host.store,
    async *list(options) {
      yield* host.store.list(options);
      await register(host.registry);
    },
  };
  await collectGarbage({ ...host, store }, { remove: true });
  expect(await host.store.verify(ARTIFACT)).toBe("ok");
});

it("loses nothing that is put again after it looked", async () => {
  const host = await plainHost({}, { clock: () => new Date() });
  const left = await put(host, "left over");
  const long = new Date("2026-01-01T00:00:00Z");
  await utimes(join(host.workspace.folder, ".slipway/store/sha256", left.sha256.slice(0, 2), left.sha256), long, long);
  const store: ArtifactStore = {
    ...host.store,
    async remove(...asked) {
      await put(host, "left over");
      return host.store.remove(...asked);
    },
  };
  const { removals } = await collectGarbage({ ...host, store }, { remove: true });
  expect(removals.get(left.sha256)).toEqual({ outcome: "young" });
  expect(await host.store.verify(left)).toBe("ok");
});

it("removes nothing if a record cannot be read", async () => {
  const host = await plainHost({}, { clock: inThreeDays });
  await register(host.registry);
  const git = (...words: string[]) => gitIn(host.workspace.folder, ...words);
  await git("update-index", "--add", "--cacheinfo", `100644,${"a".repeat(40)},lost.json`);
  const tree = await git("write-tree", "--missing-ok");
  await git("update-ref", "refs/heads/experiments", await git("commit-tree", "-m", "x", tree));
  await expect(collectGarbage(host, { remove: true })).rejects.toMatchObject({ code: "REGISTRY_CORRUPT" });
  expect(await host.store.verify(ARTIFACT)).toBe("ok");
});

it("is a command, which says what it would remove and then removes it", async () => {
  const host = await plainHost();
  const left = await put(host, "left over");
  const long = new Date("2026-01-01T00:00:00Z");
  const cwd = host.workspace.folder;
  await utimes(join(cwd, ".slipway/store/sha256", left.sha256.slice(0, 2), left.sha256), long, long);
  const listed = JSON.parse((await slipway(["gc", "--json"], { cwd })).stdout).result;
  expect(listed.objects).toEqual([{ name: left.sha256, size: 9, put: long.toISOString(), outcome: "listed" }]);
  const removed = await slipway(["gc", "--yes"], { cwd });
  expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("1 removed") });
  expect(await host.store.has(left)).toBe("missing");
});
