import { describe, expect, it } from "vitest";
import { deprecateModel, renameModel } from "../../core/acts/change-model.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { decideAgain } from "../../core/acts/decide-again.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import { newChange } from "../../core/acts/new-change.ts";
import { endStages } from "../../core/promotion/end-stages.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { changeChange } from "../../core/registry/edits.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { Change } from "../../schemas/change.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { ADA, promote, register } from "../registry/builders.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { findings, plainHost, tagsOf } from "./plain-host.ts";

const model = "penguins";

/** Three versions: 1 and 2 were in production, where 2 is; 3 is in staging. */
async function filled() {
  const host = await plainHost();
  for (const version of [1, 2, 3]) expect(await register(host.registry)).toBe(version);
  await promote(host.registry, 1);
  await promote(host.registry, 2, { decided_at: "2026-03-01T08:58:00.000Z" });
  await promote(host.registry, 3, { stage: "staging" });
  return host;
}

const recordOf = async (host: Awaited<ReturnType<typeof filled>>) => (await host.registry.snapshot()).model(model);

describe("the archive", () => {
  it("holds what was replaced, and since when", async () => {
    const host = await filled();
    expect((await recordOf(host))?.archived).toEqual({ "1": expect.stringMatching(/^2026-03-01T/) });
    await promote(host.registry, 1);
    expect((await recordOf(host))?.archived).toEqual({ "2": expect.any(String) });
    expect(await findings(host)).toEqual([]);
  });

  it("takes a version out of its stage, and GTO sees the stage empty", async () => {
    const host = await filled();
    const done = await changeVersion(host, { model, version: 2, act: "archive", by: ADA });
    expect(done).toMatchObject({ outcome: "changed", change: { ends: [{ stage: "production", version: 2 }] } });
    const record = await recordOf(host);
    expect(Object.keys(record?.stages ?? {})).toEqual(["staging"]);
    expect(Object.keys(record?.archived ?? {})).toEqual(["1", "2"]);
    expect(await tagsOf(host, model)).toEqual(
      expect.arrayContaining(["penguins#production!#4", "penguins#production!#5"]),
    );
    expect(await findings(host)).toEqual([]);
  });

  it("is done once", async () => {
    const host = await filled();
    await changeVersion(host, { model, version: 2, act: "archive", by: ADA });
    const again = await changeVersion(host, { model, version: 2, act: "archive", by: ADA });
    expect(again).toEqual({ outcome: "unchanged" });
  });

  it("is left again without a stage", async () => {
    const host = await filled();
    await changeVersion(host, { model, version: 1, act: "unassign", by: ADA });
    expect((await recordOf(host))?.archived).toBeUndefined();
    expect(await findings(host)).toEqual([]);
  });

  it("lets a version come back to the stage, with a number of its own", async () => {
    const host = await filled();
    await changeVersion(host, { model, version: 2, act: "archive", by: ADA });
    await promote(host.registry, 2);
    expect((await recordOf(host))?.stages["production"]).toMatchObject({ version: 2, assignment: 6 });
    expect(await findings(host)).toEqual([]);
    await changeVersion(host, { model, version: 2, act: "archive", by: ADA });
    expect(await tagsOf(host, model)).toContain("penguins#production!#7");
    expect(await findings(host)).toEqual([]);
  });
});

describe("withdrawing a version", () => {
  it("drops its stages and aliases, and keeps its manifest and number", async () => {
    const host = await filled();
    await editModel(host, { model, edit: { act: "alias", alias: "champion", version: 2 }, by: ADA });
    await editModel(host, { model, edit: { act: "alias", alias: "old", version: 1 }, by: ADA });
    const done = await changeVersion(host, { model, version: 2, act: "withdraw", reason: "leaks", by: ADA });
    expect(done).toMatchObject({ outcome: "changed", change: { aliases: { champion: 2 }, reason: "leaks" } });
    const record = await recordOf(host);
    expect(record?.aliases).toEqual({ old: 1 });
    expect(record?.stages).not.toHaveProperty("production");
    expect(Object.keys(record?.withdrawn ?? {})).toEqual(["2"]);
    expect(await (await host.registry.snapshot()).manifest(model, 2)).toBeDefined();
    expect(await register(host.registry)).toBe(4);
    expect(await findings(host)).toEqual([]);
  });

  it("is GTO's deregistration, and leaves the stage to no earlier version", async () => {
    const host = await filled();
    await changeVersion(host, { model, version: 2, act: "withdraw", by: ADA });
    const tags = await tagsOf(host, model);
    expect(tags).toContain("penguins@v2.0.0!");
    expect(tags).toContain("penguins#production!#4");
  });

  it("is done once, for good", async () => {
    const host = await filled();
    await changeVersion(host, { model, version: 3, act: "withdraw", by: ADA });
    expect(await changeVersion(host, { model, version: 3, act: "withdraw", by: ADA })).toEqual({
      outcome: "unchanged",
    });
    await expect(changeVersion(host, { model, version: 3, act: "archive", by: ADA })).rejects.toMatchObject({
      code: "VERSION_UNKNOWN",
    });
  });
});

describe("deprecating a model", () => {
  it("empties stages and aliases, and says so to GTO", async () => {
    const host = await filled();
    await editModel(host, { model, edit: { act: "alias", alias: "champion", version: 2 }, by: ADA });
    await deprecateModel(host, { model, by: ADA });
    expect(await recordOf(host)).toMatchObject({ stages: {}, aliases: {}, retired_through: 3 });
    expect(await tagsOf(host, model)).toContain("penguins@deprecated");
    expect(await findings(host)).toEqual([]);
  });

  it("ends with the next version, whose number goes on", async () => {
    const host = await filled();
    await deprecateModel(host, { model, by: ADA });
    expect(await register(host.registry)).toBe(4);
    expect((await recordOf(host))?.deprecated).toBeUndefined();
    expect(await findings(host)).toEqual([]);
  });

  it("ends where the model is made again, and its versions stay retired", async () => {
    const host = await filled();
    await deprecateModel(host, { model, by: ADA });
    expect(await createModel(host, { name: model, by: ADA })).toMatchObject({ outcome: "created" });
    expect(await recordOf(host)).toMatchObject({ retired_through: 3, latest_version: 3 });
    expect((await recordOf(host))?.deprecated).toBeUndefined();
    expect(await deprecateModel(host, { model, by: ADA })).toMatchObject({ outcome: "changed" });
    expect(await findings(host)).toEqual([]);
  });
});

describe("renaming a model", () => {
  it("is found by every name that it ever had", async () => {
    const host = await filled();
    await renameModel(host, { model, to: "Antarctic birds", by: ADA });
    await renameModel(host, { model: "Antarctic birds", to: "birds", by: ADA });
    const snapshot = await host.registry.snapshot();
    for (const name of [model, "Antarctic birds", "birds"]) expect(await snapshot.find(name)).toBe(model);
    expect((await snapshot.model(model))?.display_name).toBe("birds");
    expect(await findings(host)).toEqual([]);
  });

  it("can go back", async () => {
    const host = await filled();
    await renameModel(host, { model, to: "birds", by: ADA });
    await renameModel(host, { model, to: model, by: ADA });
    expect((await recordOf(host))?.display_name).toBeUndefined();
    await renameModel(host, { model, to: "birds", by: ADA });
    expect(await findings(host)).toEqual([]);
  });

  it("leaves its old names to nobody else", async () => {
    const host = await filled();
    await renameModel(host, { model, to: "birds", by: ADA });
    await createModel(host, { name: "fish", by: ADA });
    expect(await createModel(host, { name: "birds", by: ADA })).toMatchObject({ outcome: "exists" });
    expect(await createModel(host, { name: model, by: ADA })).toMatchObject({ outcome: "exists" });
    for (const to of ["birds", model])
      await expect(renameModel(host, { model: "fish", to, by: ADA })).rejects.toMatchObject({ code: "NAME_TAKEN" });
  });
});

describe("verify names", () => {
  const MODEL = "models/f9/penguins/model.json";

  it.each<[string, (text: string) => string]>([
    ["an archive that no record led to", (text) => text.replace('"1": "2026', '"3": "2026')],
    ["a withdrawal that was taken back", (text) => text.replace(/"withdrawn": \{[^}]*\}/, '"withdrawn": {}')],
    [
      "an alias that leads to a withdrawn version",
      (text) => text.replace('"aliases": {}', '"aliases": {\n    "a": 3\n  }'),
    ],
    ["a name that nobody gave", (text) => text.replace('"created_at"', '"display_name": "x",\n  "created_at"')],
  ])("%s", async (_, edit) => {
    const host = await filled();
    await changeVersion(host, { model, version: 3, act: "withdraw", by: ADA });
    expect(await findings(host)).toEqual([]);
    await rewriteTip(host.workspace.folder, { [MODEL]: edit });
    expect((await findings(host)).map((each) => each.split(":")[0])).toEqual(["ACT_WRONG"]);
  });

  it("a name that leads nowhere", async () => {
    const host = await filled();
    await renameModel(host, { model, to: "birds", by: ADA });
    await rewriteTip(host.workspace.folder, { "names/birds.json": (text) => text.replace(': "penguins"', ': "fish"') });
    const codes = (await findings(host)).map((each) => each.split(":")[0]);
    expect(codes).toEqual(["RECORD_CHANGED"]);
  });

  it("a change that was edited", async () => {
    const host = await filled();
    const done = await changeVersion(host, { model, version: 2, act: "archive", by: ADA });
    const id = done.outcome === "changed" ? done.change.id : "";
    const path = `models/f9/penguins/changes/${id}.json`;
    await rewriteTip(host.workspace.folder, { [path]: (text) => text.replace(/"version": 2\n\}/, '"version": 1\n}') });
    const codes = (await findings(host)).map((each) => each.split(":")[0]);
    expect(codes).toEqual(["RECORD_CHANGED", "TAG_DIFFERS", "TAG_DIFFERS"]);
  });
});

describe("a change made again", () => {
  const wrongChanges = async (host: Awaited<ReturnType<typeof filled>>) => {
    const { findings } = await verifyRegistry({ folder: host.workspace.folder, decide: decideAgain });
    return findings.filter(({ code }) => code === "CHANGE_WRONG" || code === "TIME_WRONG");
  };

  it("comes out as it is recorded: of one stage, of all, of a version, of the model", async () => {
    const host = await filled();
    await promote(host.registry, 2, { stage: "staging" });
    await changeVersion(host, { model, version: 2, act: "unassign", stage: "staging", by: ADA });
    await promote(host.registry, 2, { stage: "staging" });
    await changeVersion(host, { model, version: 2, act: "archive", by: ADA });
    await promote(host.registry, 3);
    await changeVersion(host, { model, version: 3, act: "withdraw", by: ADA });
    await promote(host.registry, 1);
    await deprecateModel(host, { model, by: ADA });
    expect(await wrongChanges(host)).toEqual([]);
  });

  it.each<[string, (change: Change) => Change]>([
    ["which stages it empties", ({ ends: _, ...change }) => change],
    [
      "which tags GTO gets",
      ({ ends = [], ...change }) => ({ ...change, ends: ends.map((end) => ({ ...end, unassigned: [] })) }),
    ],
    ["of which bytes it is", (change) => ({ ...change, manifest: "0".repeat(40) })],
  ])("finds out %s", async (_, edit) => {
    const host = await filled();
    await publishWithRetry(host.registry, async (snapshot) => {
      const record = (await snapshot.model(model)) as ModelRecord;
      const past = { decisions: await snapshot.list("decision", model), changes: [] };
      const { blob: manifest = "", manifest: version } = (await snapshot.manifest(model, 2)) ?? {};
      const ends = endStages(record, past, { version: 2, withdrawn: true });
      const made = { act: "withdraw", version: 2, manifest, ends, by: ADA } as const;
      return changeChange(edit(newChange(host, snapshot, record, made, version?.tagged_at)), record, false);
    });
    expect((await wrongChanges(host)).map(({ code }) => code)).toContain("CHANGE_WRONG");
  });
});
