import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../core/canonical.ts";
import { actId } from "../../core/promotion/act-id.ts";
import { newModel } from "../../core/promotion/new-model.ts";
import { changeChange, creationChange, modelEdit, versionEdit } from "../../core/registry/edits.ts";
import { SEEN_REF } from "../../core/registry/lost-branch.ts";
import { recordChange, reviewChange } from "../../core/registry/records.ts";
import type { Registry } from "../../core/registry/registry.ts";
import type { RegistryChange } from "../../core/registry/registry-change.ts";
import { verifyRegistry } from "../../core/registry/verify.ts";
import type { Change } from "../../schemas/change.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { ADA, commitId, GRACE, hold, promote, register, request, reviewOf, source, WRITTEN } from "./builders.ts";
import { bareRepository, gitIn, registryOf } from "./repositories.ts";
import { rewriteTip } from "./tamper.ts";

const EDITOR = { by: ADA, at: WRITTEN, host: "cli" };

/** Two versions, the first in production; the model is on hold. */
async function filled() {
  const folder = await bareRepository();
  const registry = await registryOf(folder);
  await register(registry);
  await promote(registry, 1);
  await register(registry);
  await hold(registry, "hold", source(1));
  const record = (await (await registry.snapshot()).model("penguins")) as ModelRecord;
  return { folder, registry, record };
}

async function publish(registry: Registry, change: RegistryChange): Promise<void> {
  const snapshot = await registry.snapshot();
  await registry.publish(await registry.draft(change, snapshot));
}

/** What an act writes, with its records edited: what somebody with the key to the branch could publish. */
function edited(change: RegistryChange, edit: (record: Record<string, unknown>, path: string) => unknown) {
  const files = change.files.map(({ path, content }) => {
    const record = JSON.parse(content);
    return { path, content: canonicalJson(edit(record, path) ?? record) };
  });
  return { ...change, files };
}

const found = async (folder: string) => (await verifyRegistry({ folder })).findings;

/** The newest commit, written anew with other bytes. */
async function rewriteCommit(folder: string, edit: (text: string) => string): Promise<void> {
  const text = execFileSync("git", ["-C", folder, "cat-file", "commit", "registry"]).toString();
  const made = execFileSync("git", ["-C", folder, "hash-object", "-t", "commit", "-w", "--literally", "--stdin"], {
    input: edit(text),
  });
  await gitIn(folder, "update-ref", "refs/heads/registry", made.toString().trim());
  await gitIn(folder, "update-ref", "-d", SEEN_REF);
}

describe("a commit's words", () => {
  it("are free: subject and body may be said in any way", async () => {
    const { folder } = await filled();
    await rewriteCommit(folder, (text) => text.replace("Hold penguins\n", "Penguins is on hold\n\nSay why.\n"));
    expect(await found(folder)).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ["the act", (text) => text.replace("Slipway-Act: hold", "Slipway-Act: unhold")],
    ["a trailer less", (text) => text.replace(/Slipway-Host: .*\n/, "")],
    ["a trailer more", (text) => text.replace("Slipway-Format", "Slipway-Stage: production\nSlipway-Format")],
    ["trailers in another order", (text) => text.replace(/(Slipway-Actor: .*\n)(Slipway-Host: .*\n)/, "$2$1")],
    ["a trailer among the words", (text) => text.replace("Hold penguins", "Hold\nSlipway-Model: puffins")],
    ["the author", (text) => text.replace("author Grace", "author Eve")],
    ["the committer", (text) => text.replace("committer Grace", "committer Eve")],
    ["the author's time", (text) => text.replace(/(author .* \d{9})\d/, "$11")],
    ["the time zone", (text) => text.replace(/(author .*) \+0000/, "$1 +0100")],
    ["another header", (text) => text.replace("\n\n", "\nencoding latin1\n\n")],
  ])("are free, but not %s", async (_, edit) => {
    const { folder } = await filled();
    await rewriteCommit(folder, edit);
    expect(await found(folder)).toMatchObject([{ code: "ACT_WRONG" }]);
  });
});

describe("a commit's format", () => {
  it("is named by every act, or it was no act", async () => {
    const { folder } = await filled();
    await rewriteTip(
      folder,
      { "models/f9/penguins/model.json": (text) => text.replace('"tags": {}', '"tags": {"a": "b"}') },
      "x",
    );
    expect(await found(folder)).toMatchObject([
      { code: "FORMAT_UNKNOWN", path: "models/f9/penguins/model.json", hint: expect.stringContaining("Eve") },
    ]);
  });

  it("asks for a newer slipway where it is newer", async () => {
    const { folder } = await filled();
    await rewriteCommit(folder, (text) => text.replace("Slipway-Format: 1", "Slipway-Format: 2"));
    expect(await found(folder)).toMatchObject([
      { code: "FORMAT_UNKNOWN", found: "2", hint: expect.stringContaining("Upgrade slipway") },
    ]);
  });

  it("lets nobody read or write what a newer slipway wrote", async () => {
    const { folder } = await filled();
    await rewriteCommit(folder, (text) => text.replace("Slipway-Format: 1", "Slipway-Format: 2"));
    const registry = await registryOf(folder);
    await expect(registry.snapshot()).rejects.toMatchObject({ code: "REGISTRY_NEWER" });
    await expect(register(registry)).rejects.toMatchObject({ code: "REGISTRY_NEWER" });
  });
});

describe("an act done again finds", () => {
  type Forgery = (good: Awaited<ReturnType<typeof filled>>) => RegistryChange | Promise<RegistryChange>;
  const change = (about: Partial<Change>): Change => ({
    ...{ slipway: 1, id: "0".repeat(32), act: "archive", model: "penguins", by: ADA, at: WRITTEN, host: "cli" },
    ...about,
  });
  const heldAgain = (record: ModelRecord) => {
    const asked = source(2);
    const by = { id: actId(asked), source: asked, by: GRACE, at: WRITTEN, host: "app" };
    return reviewChange({ review: { slipway: 1, verdict: "hold", model: "penguins", ...by }, record });
  };

  it.each<[string, string, Forgery]>([
    [
      "a stage that no decision filled",
      "stages.production.version: 2",
      ({ record }) =>
        edited(heldAgain(record), (each, path) =>
          path.endsWith("/model.json")
            ? { ...each, stages: { production: { ...record.stages["production"], version: 2 } } }
            : each,
        ),
    ],
    [
      "a hold that its review does not give the reason of",
      "hold.reason: nothing",
      ({ record }) =>
        edited(heldAgain(record), (each, path) =>
          path.endsWith("/model.json") ? { ...each, hold: { ...(each["hold"] as object), reason: "rain" } } : each,
        ),
    ],
    [
      "a record under another's path",
      "not written by this act",
      async ({ registry }) => {
        const asked = await request(registry, 1, source("asked"));
        const [review, other] = [reviewOf(asked, source("yes")), reviewOf(asked, source("other"))];
        const made = reviewChange({ review, record: {} as ModelRecord });
        const path = (made.files[0]?.path ?? "").replace(review.id, other.id);
        return { ...made, files: [{ path, content: made.files[0]?.content ?? "" }] };
      },
    ],
    [
      "a record that is not canonical",
      "the same record in other bytes",
      ({ record }) => {
        const made = modelEdit({ ...record, tags: { a: "b" } }, "tag", "Tag", EDITOR);
        return {
          ...made,
          files: made.files.map(({ path, content }) => ({ path, content: JSON.stringify(JSON.parse(content)) })),
        };
      },
    ],
    [
      "an alias that leads to no version",
      "an alias lead to version 9",
      ({ record }) => modelEdit({ ...record, aliases: { best: 9 } }, "alias", "Alias", EDITOR),
    ],
    [
      "what is said of a version that is not there",
      "version 9, which is gone",
      () =>
        versionEdit(
          { slipway: 1, model: "penguins", version: 9, tags: { a: "b" }, updated_at: WRITTEN },
          "tag",
          "Tag",
          EDITOR,
        ),
    ],
    [
      "a model that is made with a version in a stage",
      "stages.production: nothing",
      ({ record }) =>
        creationChange(
          { ...newModel({ ...record, name: "puffins" }), stages: record.stages },
          { ...EDITOR, at: record.created_at },
        ),
    ],
    [
      "a model under another one's name",
      "birds is the name of another model",
      async ({ registry, record }) => {
        await publish(registry, changeChange(change({ act: "rename", from: "penguins", to: "birds" }), record, true));
        return creationChange(newModel({ name: "birds", tags: {}, created_at: WRITTEN }), EDITOR);
      },
    ],
    [
      "a name that is another model's folder",
      "puffins is the name of another model",
      async ({ registry, record }) => {
        await publish(registry, creationChange(newModel({ name: "puffins", tags: {}, created_at: WRITTEN }), EDITOR));
        return changeChange(change({ act: "rename", from: "penguins", to: "puffins" }), record, true);
      },
    ],
    [
      "a name that no record gives the model",
      "it renames penguins to birds",
      ({ record }) => changeChange(change({ act: "rename", from: "penguins", to: "birds" }), record, false),
    ],
    [
      "a renaming of what has another name",
      "it renames puffins to birds",
      ({ record }) => changeChange(change({ act: "rename", from: "puffins", to: "birds" }), record, true),
    ],
    [
      "a change of a version that was withdrawn",
      "version 2, which was gone",
      async ({ registry, record }) => {
        const withdrawal = change({ act: "withdraw", version: 2, tagged_at: "2026-03-01T09:00:00Z" });
        await publish(registry, changeChange(withdrawal, record, false));
        const next = (await (await registry.snapshot()).model("penguins")) as ModelRecord;
        return changeChange(change({ id: "2".repeat(32), version: 2 }), next, false);
      },
    ],
    [
      "an alias that a withdrawal leaves behind",
      "the alias best of version 2, which is gone",
      async ({ registry, record }) => {
        const aliased = { ...record, aliases: { best: 2 } };
        await publish(registry, modelEdit(aliased, "alias", "Alias", EDITOR));
        return changeChange(change({ act: "withdraw", version: 2, tagged_at: "2026-03-01T09:00:00Z" }), aliased, false);
      },
    ],
    [
      "times accepted of a commit that is not on the branch",
      "which is not on the branch",
      () => recordChange("accepted", [{ slipway: 1, commit: commitId(1), by: ADA, at: WRITTEN, host: "cli" }]),
    ],
  ])("%s", async (_, words, forge) => {
    const good = await filled();
    await publish(good.registry, await forge(good));
    const findings = await found(good.folder);
    expect(findings).toMatchObject([{ code: "ACT_WRONG" }]);
    expect(`${findings[0]?.expected} ${findings[0]?.found}`).toContain(words);
  });

  it("a record that does not parse, though a later commit mends it", async () => {
    const { folder } = await filled();
    const path = "models/f9/penguins/model.json";
    const good = `${await gitIn(folder, "show", `registry:${path}`)}\n`;
    await rewriteTip(folder, { [path]: () => "{}" });
    await rewriteTip(folder, { [path]: () => good });
    expect((await found(folder)).map(({ code }) => code)).toEqual(["RECORD_INVALID", "ACT_WRONG"]);
  });
});
