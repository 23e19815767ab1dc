import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { deprecateModel, renameModel } from "../../core/acts/change-model.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import { createModel } from "../../core/acts/create-model.ts";
import type { EditPorts } from "../../core/acts/edit-and-publish.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import { openObjects } from "../../core/git/objects.ts";
import { openWorkspace } from "../../core/git/workspace.ts";
import { openCatalogs } from "../../core/registry/catalog.ts";
import { registryOn } from "../../core/registry/open.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import { ADA, promote } from "./builders.ts";
import { bareRepository } from "./repositories.ts";

/** What a registry is, told as simply as can be. */
interface Model {
  names: string[];
  description: string;
  tags: Map<string, string>;
  aliases: Map<string, number>;
  stages: Map<string, number>;
  versions: number;
  gone: Set<number>;
  deprecated: boolean;
}

type Act =
  | { do: "create"; name: string }
  | { do: "register"; name: string }
  | { do: "promote"; name: string; version: number; stage: string }
  | { do: "alias"; name: string; alias: string; version: number }
  | { do: "unalias"; name: string; alias: string }
  | { do: "tag"; name: string; key: string; value: string }
  | { do: "untag"; name: string; key: string }
  | { do: "describe"; name: string; description: string }
  | { do: "withdraw" | "archive"; name: string; version: number }
  | { do: "deprecate"; name: string }
  | { do: "rename"; name: string; to: string };

const name = fc.constantFrom("owl", "auk", "little owl", "great auk");
const version = fc.integer({ min: 1, max: 4 });
const word = fc.constantFrom("a", "b", "ß");
const ACT: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("create" as const), name }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("register" as const), name }) },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ do: fc.constant("promote" as const), name, version },
      stage: fc.constantFrom("staging", "production"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("alias" as const), name, alias: fc.constantFrom("x", "y"), version }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("unalias" as const), name, alias: fc.constantFrom("x", "y") }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("tag" as const), name, key: fc.constantFrom("k", "l"), value: word }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("untag" as const), name, key: fc.constantFrom("k", "l") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("describe" as const), name, description: word }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("withdraw" as const, "archive" as const), name, version }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deprecate" as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("rename" as const), name, to: name }) },
);

/** Does an act to the simple registry; false where it has to be refused. */
function imagine(models: Model[], act: Act): boolean {
  const model = models.find(({ names }) => names.includes(act.name));
  if (act.do === "create") {
    if (model?.deprecated) Object.assign(model, { deprecated: false, tags: new Map(), description: "" });
    else if (model === undefined)
      models.push({
        ...{ names: [act.name], description: "", versions: 0, deprecated: false },
        ...{ tags: new Map(), aliases: new Map(), stages: new Map(), gone: new Set() },
      });
    return true;
  }
  if (model === undefined) return false;
  const there = (wanted: number) => wanted <= model.versions && !model.gone.has(wanted);
  const leave = (wanted: number) => {
    for (const [stage, held] of model.stages) if (held === wanted) model.stages.delete(stage);
  };
  switch (act.do) {
    case "register":
      model.versions += 1;
      model.deprecated = false;
      return true;
    case "promote":
      if (!there(act.version)) return false;
      model.stages.set(act.stage, act.version);
      return true;
    case "alias":
      if (!there(act.version)) return false;
      model.aliases.set(act.alias, act.version);
      return true;
    case "unalias":
      model.aliases.delete(act.alias);
      return true;
    case "tag":
      model.tags.set(act.key, act.value);
      return true;
    case "untag":
      model.tags.delete(act.key);
      return true;
    case "describe":
      model.description = act.description;
      return true;
    case "withdraw":
    case "archive":
      if (act.version > model.versions) return false;
      if (model.gone.has(act.version)) return act.do === "withdraw";
      leave(act.version);
      if (act.do === "archive") return true;
      model.gone.add(act.version);
      for (const [alias, led] of model.aliases) if (led === act.version) model.aliases.delete(alias);
      return true;
    case "deprecate":
      for (let each = 1; each <= model.versions; each += 1) model.gone.add(each);
      model.stages.clear();
      model.aliases.clear();
      model.deprecated = true;
      return true;
    case "rename": {
      const owner = models.find(({ names }) => names.includes(act.to));
      if (owner !== undefined && owner !== model) return false;
      model.names = [...model.names.filter((each) => each !== act.to), act.to];
      return true;
    }
  }
}

async function perform(ports: EditPorts, act: Act): Promise<void> {
  const at = { model: act.name, by: ADA };
  switch (act.do) {
    case "create":
      await createModel(ports, { name: act.name, by: ADA });
      return;
    case "register": {
      const sha256 = "0".repeat(64);
      const artifact = { uri: "file:store/a", sha256, size: 0, files: [] };
      await importVersion(ports, { ...at, imported: { source: "file:a" }, artifact });
      return;
    }
    case "promote": {
      const snapshot = await ports.registry.snapshot();
      const model = await snapshot.find(act.name);
      const record = model === undefined ? undefined : await snapshot.model(model);
      const gone = record && (act.version <= (record.retired_through ?? 0) || record.withdrawn?.[act.version]);
      // The gates are another test's; what is promoted is there.
      if (model === undefined || gone) throw new Error("refused");
      if (record?.stages[act.stage]?.version !== act.version)
        await promote(ports.registry, act.version, { model, stage: act.stage });
      return;
    }
    case "withdraw":
    case "archive":
      await changeVersion(ports, { ...at, version: act.version, act: act.do });
      return;
    case "deprecate":
      await deprecateModel(ports, at);
      return;
    case "rename":
      await renameModel(ports, { ...at, to: act.to });
      return;
    case "alias":
      await editModel(ports, { ...at, edit: { act: "alias", alias: act.alias, version: act.version } });
      return;
    case "unalias":
      await editModel(ports, { ...at, edit: { act: "unalias", alias: act.alias } });
      return;
    case "tag":
      await editModel(ports, { ...at, edit: { act: "tag", key: act.key, value: act.value } });
      return;
    case "untag":
      await editModel(ports, { ...at, edit: { act: "untag", key: act.key } });
      return;
    case "describe":
      await editModel(ports, { ...at, edit: { act: "describe", description: act.description } });
  }
}

it("is what the simplest registry is, whatever is done to it", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ACT, { minLength: 10, maxLength: 25 }), async (acts) => {
      const folder = await bareRepository();
      const objects = await openObjects(folder);
      onTestFinished(() => objects.close());
      const registry = await registryOn(objects, undefined, undefined);
      let minutes = 0;
      const ports: EditPorts = {
        ...{ name: "cli", remote: undefined, objects, registry, workspace: await openWorkspace(folder) },
        // Now and then it runs backwards.
        clock: () => new Date(Date.parse("2026-03-01T09:00:00Z") + 60_000 * (minutes++ % 5)),
      };
      const models: Model[] = [];
      for (const act of acts) {
        const taken = await perform(ports, act).then(
          () => true,
          () => false,
        );
        expect([act, taken]).toEqual([act, imagine(models, act)]);
      }
      const snapshot = await registry.snapshot();
      const catalog = await openCatalogs(objects, { remote: undefined, signers: async () => [] }).at(snapshot.commit);
      for (const model of models)
        for (const each of model.names) {
          const found = catalog.find(each);
          expect(await snapshot.find(each)).toBe(found?.name);
          const { record } = found as NonNullable<typeof found>;
          expect(found?.displayName).toBe(model.names.at(-1));
          expect(record.latest_version).toBe(model.versions);
          expect(record.description ?? "").toBe(model.description);
          expect(record.tags).toEqual(Object.fromEntries(model.tags));
          expect(record.aliases).toEqual(Object.fromEntries(model.aliases));
          expect(record.deprecated !== undefined).toBe(model.deprecated);
          const stages = Object.entries(record.stages).map(([stage, held]) => [stage, held.version]);
          expect(Object.fromEntries(stages)).toEqual(Object.fromEntries(model.stages));
        }
      expect(catalog.models).toHaveLength(models.length);
      expect((await verifyRegistry({ folder })).findings).toEqual([]);
    }),
    { numRuns: 8, endOnFailure: false },
  );
});
