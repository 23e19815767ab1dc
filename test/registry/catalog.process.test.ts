import { describe, expect, it } from "vitest";
import { renameModel } from "../../core/acts/change-model.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import { editVersion } from "../../core/acts/edit-version.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { openCatalogs } from "../../core/registry/catalog.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA, promote, register } from "./builders.ts";

/** Objects that count what is read of them. */
const TRUST = { remote: undefined, signers: async () => [] };

function counting(objects: GitObjects) {
  const read: string[] = [];
  const readMany: GitObjects["readMany"] = (expressions, maxBytes) => {
    read.push(...expressions);
    return objects.readMany(expressions, maxBytes);
  };
  return {
    ...objects,
    readMany,
    read: async (expression: string, maxBytes?: number) => (await readMany([expression], maxBytes))[0],
    asked: read,
  };
}

async function filled() {
  const host = await plainHost();
  for (const model of ["a", "b", "c"]) await register(host.registry, model);
  const objects = counting(host.objects);
  const catalogs = openCatalogs(objects, TRUST);
  const newest = async () => catalogs.at((await host.registry.snapshot()).commit);
  return { host, objects, catalogs, newest };
}

describe("a catalog", () => {
  it("is the registry, read once", async () => {
    const { newest, objects } = await filled();
    const catalog = await newest();
    expect(catalog.models.map(({ displayName }) => displayName)).toEqual(["a", "b", "c"]);
    const a = catalog.find("a");
    expect((await catalog.version(a as never, 1))?.facts).toMatchObject({ version: 1, artifact: { size: 3 } });
    const before = objects.asked.length;
    expect(await newest()).toBe(catalog);
    await catalog.version(a as never, 1);
    expect(objects.asked).toHaveLength(before);
  });

  it("reads what changed alone, and shares the rest", async () => {
    const { host, newest, objects } = await filled();
    const before = await newest();
    await editModel(host, { model: "b", edit: { act: "tag", key: "k", value: "v" }, by: ADA });
    objects.asked.length = 0;
    const after = await newest();
    expect(objects.asked.filter((path) => path.endsWith(":model.json"))).toHaveLength(1);
    expect(after.find("a")).toBe(before.find("a"));
    expect(after.find("b")?.record.tags).toEqual({ k: "v" });
    expect(before.find("b")?.record.tags).toEqual({});
  });

  it("agrees with a snapshot, whatever was done", async () => {
    const { host, newest } = await filled();
    const { commit } = await newest();
    await register(host.registry, "a");
    await promote(host.registry, 1, { model: "a" });
    await promote(host.registry, 2, { model: "a" });
    await editVersion(host, { model: "a", version: 1, edit: { act: "describe", description: "d" }, by: ADA });
    await renameModel(host, { model: "c", to: "A name", by: ADA });
    await createModel(host, { name: "b 2", by: ADA });
    await changeVersion(host, { model: "b", version: 1, act: "withdraw", by: ADA });
    const catalog = await newest();
    expect(catalog.commit).not.toBe(commit);
    const snapshot = await host.registry.snapshot();
    expect(catalog.models.map(({ displayName }) => displayName)).toEqual(["A name", "a", "b", "b 2"]);
    for (const name of ["a", "b", "c", "A name", "b 2", "nobody"]) {
      const folder = await snapshot.find(name);
      const model = catalog.find(name);
      expect(model?.name).toBe(folder);
      if (model === undefined || folder === undefined) continue;
      expect(model.record).toEqual(await snapshot.model(folder));
      for (const version of await snapshot.versions(folder)) {
        const found = await catalog.version(model, version);
        expect(found?.facts.blob).toBe((await snapshot.manifest(folder, version))?.blob);
        expect(found?.metadata).toEqual(await snapshot.read({ kind: "metadata", model: folder, version }));
      }
    }
  });

  it("is kept for those who walk its pages, while it is in memory", async () => {
    const { host, newest, catalogs } = await filled();
    const first = await newest();
    await register(host.registry, "d");
    await newest();
    expect(catalogs.kept(first.commit as string)).toBe(first);
    expect(catalogs.kept("f".repeat(40))).toBeUndefined();
  });

  it("is empty where there is no registry", async () => {
    const host = await plainHost();
    const catalog = await openCatalogs(host.objects, TRUST).at(undefined);
    expect(catalog.models).toEqual([]);
    expect(catalog.find("a")).toBeUndefined();
  });
});
