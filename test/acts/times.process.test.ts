import { describe, expect, it } from "vitest";
import { versionJson } from "../../api/mlflow/wire.ts";
import { deprecateModel, renameModel } from "../../core/acts/change-model.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { openCatalogs } from "../../core/registry/catalog.ts";
import { ADA, ARTIFACT } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { findings, plainHost } from "./plain-host.ts";

const model = "penguins";
const NOW = "2026-03-01T09:00:00.250Z";

/** A host whose clock says what it is set to, and versions that are imported may go to `staging` and `canary`. */
async function clocked() {
  let now = NOW;
  const policy = "slipway: 1\nstages: [canary, staging]\nregister: { imported: [canary, staging] }\n";
  const host = await plainHost({ "slipway.yaml": policy }, { clock: () => new Date(now) });
  const set = (at: string) => {
    now = at;
  };
  return { host, set };
}

async function handIn(host: Ports): Promise<number> {
  await createModel(host, { name: model, by: ADA });
  const made = await importVersion(host, { model, imported: { source: "s3://b/m" }, artifact: ARTIFACT, by: ADA });
  if (made.outcome !== "registered") throw new Error(made.outcome);
  return made.manifest.version;
}

const promote = (host: Ports, version: number, stage = "staging") =>
  promoteVersion(host, { model, version, stage, requestedBy: ADA });
const recordOf = async (host: Ports) => (await host.registry.snapshot()).model(model);
const commitTimes = async ({ workspace }: Ports) =>
  (await gitIn(workspace.folder, "log", "--format=%ct", "registry")).split("\n").map(Number);
/** When a tag says that it was made, in Unix seconds. */
const tagged = async ({ workspace }: Ports, tag: string) =>
  Number(await gitIn(workspace.folder, "for-each-ref", "--format=%(taggerdate:unix)", `refs/tags/${tag}`));
const seconds = (at: string) => Math.floor(Date.parse(at) / 1000);

describe("the moment of a record", () => {
  it("is the true one to the millisecond, however many acts come in one second", async () => {
    const { host } = await clocked();
    for (let version = 1; version <= 5; version += 1) await handIn(host);
    const snapshot = await host.registry.snapshot();
    const manifests = await Promise.all([1, 2, 3, 4, 5].map((version) => snapshot.manifest(model, version)));
    expect(manifests.map((found) => found?.manifest.registered_at)).toEqual(Array(5).fill(NOW));
    expect(await findings(host)).toEqual([]);
  });

  it("leaves the registry's commits at the true second after a storm of acts", async () => {
    const { host } = await clocked();
    for (let round = 0; round < 5; round += 1) {
      await handIn(host);
      await renameModel(host, { model, to: `penguins ${round}`, by: ADA });
      await deprecateModel(host, { model, by: ADA });
      await createModel(host, { name: model, by: ADA });
    }
    expect(new Set(await commitTimes(host))).toEqual(new Set([seconds(NOW)]));
    expect(await findings(host)).toEqual([]);
  });

  it("is a decision's own, whatever was promoted in the same second", async () => {
    const { host } = await clocked();
    for (const _ of [1, 2]) await handIn(host);
    for (const version of [1, 2, 1]) await promote(host, version);
    await rollBack(host, { model, stage: "staging", requestedBy: ADA });
    const decisions = await (await host.registry.snapshot()).list("decision", model);
    expect(decisions.map(({ decided_at }) => decided_at)).toEqual(Array(4).fill(NOW));
    expect((await recordOf(host))?.stages["staging"]).toMatchObject({ version: 2, at: NOW });
    expect(await findings(host)).toEqual([]);
  });

  it("is a new one for a model that is made again, and its own for a version of it", async () => {
    const { host, set } = await clocked();
    await handIn(host);
    await deprecateModel(host, { model, by: ADA });
    set("2026-03-02T10:00:00.001Z");
    await createModel(host, { name: model, by: ADA });
    expect(await recordOf(host)).toMatchObject({ created_at: "2026-03-02T10:00:00.001Z" });
    expect(await findings(host)).toEqual([]);
  });

  it("is a new one for a model that a version brings back", async () => {
    const { host, set } = await clocked();
    await handIn(host);
    await deprecateModel(host, { model, by: ADA });
    set("2026-03-02T10:00:00.001Z");
    const artifact = { uri: "file:a", sha256: "a".repeat(64), size: 0, files: [] };
    await importVersion(host, { model, imported: { source: "s3://b/m" }, artifact, by: ADA });
    expect(await recordOf(host)).toMatchObject({ created_at: "2026-03-02T10:00:00.001Z" });
    expect(await findings(host)).toEqual([]);
  });

  it("is the true one where the clock runs backwards, and nothing is found wrong with it", async () => {
    const { host, set } = await clocked();
    for (const _ of [1, 2, 3]) await handIn(host);
    await promote(host, 1);
    await promote(host, 2);
    set("2026-03-01T08:56:00.000Z");
    await promote(host, 3);
    await changeVersion(host, { model, version: 3, act: "archive", by: ADA });
    await promote(host, 1);
    const undone = await rollBack(host, { model, stage: "staging", to: 3, requestedBy: ADA });
    expect(undone).toMatchObject({ outcome: "rolled-back", decision: { decided_at: "2026-03-01T08:56:00.000Z" } });
    expect(await findings(host)).toEqual([]);
  });

  it("is what MLflow's clients are told, in milliseconds", async () => {
    const { host } = await clocked();
    await handIn(host);
    const catalog = await openCatalogs(host.objects, { remote: undefined, signers: async () => [] }).at(
      (await host.registry.snapshot()).commit,
    );
    const found = catalog.find(model);
    const version = found && (await catalog.version(found, 1));
    expect(found && version && versionJson(found, version)).toMatchObject({ creation_timestamp: Date.parse(NOW) });
  });
});

describe("the moment of a tag", () => {
  it("is later than the last tag of that model and stage, and no other", async () => {
    const { host } = await clocked();
    for (const _ of [1, 2]) await handIn(host);
    for (const version of [1, 2, 1]) await promote(host, version);
    await promote(host, 2, "canary");
    const start = seconds(NOW);
    const names = [`${model}@v1.0.0`, `${model}@v2.0.0`, ...[1, 2, 3].map((n) => `${model}#staging#${n}`)];
    expect(await Promise.all([...names, `${model}#canary#4`].map((name) => tagged(host, name)))).toEqual([
      ...[start, start],
      ...[start, start + 1, start + 2],
      start,
    ]);
  });

  it("is later than all of the model's tags for a deprecation, and for the version that brings the model back", async () => {
    const { host } = await clocked();
    for (const _ of [1, 2]) await handIn(host);
    for (const version of [1, 2, 1]) await promote(host, version);
    await deprecateModel(host, { model, by: ADA });
    const deprecated = await tagged(host, `${model}@deprecated`);
    const all = (await gitIn(host.workspace.folder, "for-each-ref", "--format=%(taggerdate:unix)", "refs/tags"))
      .split("\n")
      .map(Number);
    expect(all.filter((at) => at >= deprecated)).toEqual([deprecated]);
    await handIn(host);
    expect(await tagged(host, `${model}@v3.0.0`)).toBe(deprecated + 1);
    expect(await findings(host)).toEqual([]);
  });

  it("is later than the version's own for its withdrawal", async () => {
    const { host } = await clocked();
    await handIn(host);
    await changeVersion(host, { model, version: 1, act: "withdraw", by: ADA });
    expect(await tagged(host, `${model}@v1.0.0!`)).toBe(seconds(NOW) + 1);
    expect(await findings(host)).toEqual([]);
  });

  it("is no earlier than its version's for a stage, whatever the clock says", async () => {
    const { host, set } = await clocked();
    await handIn(host);
    set("2026-03-01T08:56:00.000Z");
    await promote(host, 1);
    expect(await tagged(host, `${model}#staging#1`)).toBe(seconds(NOW));
    expect(await findings(host)).toEqual([]);
  });
});

it("keeps two changes of one kind in one moment apart", async () => {
  const { host } = await clocked();
  await handIn(host);
  for (const _ of [1, 2]) {
    await changeVersion(host, { model, version: 1, act: "archive", by: ADA });
    await changeVersion(host, { model, version: 1, act: "unassign", by: ADA });
  }
  expect(await (await host.registry.snapshot()).list("change", model)).toHaveLength(4);
});
