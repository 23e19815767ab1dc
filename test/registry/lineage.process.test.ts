import { expect, it } from "vitest";
import { changeVersion } from "../../core/acts/change-version.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import { lineageOf } from "../../core/registry/lineage.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA, promote, register } from "./builders.ts";

/** Versions 1 and 3 of the platform's, 2 imported as a copy of 1; 1 and then 3 went to production. */
async function lineages() {
  const host = await plainHost();
  await register(host.registry);
  const imported = { source: "models:/penguins/1", run_id: "r", origin: { model: "penguins", version: 1 } };
  await importVersion(host, { model: "penguins", imported, by: ADA });
  await register(host.registry);
  await promote(host.registry, 1);
  await promote(host.registry, 3);
  await changeVersion(host, { model: "penguins", version: 3, act: "archive", by: ADA });
  const snapshot = await host.registry.snapshot();
  return async (version: number) => {
    const found = await snapshot.manifest("penguins", version);
    if (found === undefined) throw new Error(`no version ${version}`);
    return lineageOf(snapshot, found.manifest, await snapshot.list("decision", "penguins"));
  };
}

it("names commit, data and run, the version made before, and those in whose place it went", async () => {
  const lineage = await (await lineages())(3);
  expect(lineage).toMatchObject({
    commit: expect.stringMatching(/^a/),
    data: { test: { rows: 69 } },
    parent: { model: "penguins", version: 1, how: "retrained" },
    replaced: [{ stage: "production", version: 1 }],
  });
});

it("names the version that a copy is of, and no commit that it never had", async () => {
  const lineage = await (await lineages())(2);
  expect(lineage).toMatchObject({ source: "models:/penguins/1", run: "r", parent: { version: 1, how: "copy" } });
  expect(lineage).not.toHaveProperty("commit");
  expect(lineage.data).toEqual({});
});

it("names no digest of files that are elsewhere", async () => {
  const host = await plainHost();
  await register(host.registry);
  const elsewhere = { source: "s3://b/m", download: "s3://b/m" };
  await importVersion(host, { model: "penguins", imported: elsewhere, by: ADA });
  const snapshot = await host.registry.snapshot();
  const found = await snapshot.manifest("penguins", 2);
  expect((found && (await lineageOf(snapshot, found.manifest, [])))?.artifact).toEqual({ from: "imported" });
});

it("has no parent of a first version", async () => {
  expect(await (await lineages())(1)).not.toHaveProperty("parent");
});
