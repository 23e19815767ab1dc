import { describe, expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import { editVersion } from "../../core/acts/edit-version.ts";
import { readLog } from "../../core/registry/log.ts";
import { ADA, register } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { findings, plainHost } from "./plain-host.ts";

const refused = { code: "NOT_ALLOWED", message: "no" };

describe("a model that is made before its first version", () => {
  it("has a record, and no version", async () => {
    const host = await plainHost();
    const made = await createModel(host, { name: "churn", description: "Who leaves", tags: { team: "crm" }, by: ADA });
    expect(made).toMatchObject({ outcome: "created", record: { name: "churn", latest_version: 0 } });
    const record = await (await host.registry.snapshot()).model("churn");
    expect(record).toMatchObject({ description: "Who leaves", tags: { team: "crm" } });
    expect(await findings(host)).toEqual([]);
  });

  it("is made once", async () => {
    const host = await plainHost();
    await createModel(host, { name: "churn", by: ADA });
    const before = (await host.registry.snapshot()).commit;
    expect(await createModel(host, { name: "churn", by: ADA })).toMatchObject({ outcome: "exists" });
    expect((await host.registry.snapshot()).commit).toBe(before);
  });

  it("gets a folder that Git and GTO can read, whatever it is called", async () => {
    const host = await plainHost();
    const name = "Übermodell 2 (test)";
    const made = await createModel(host, { name, by: ADA });
    expect(made).toMatchObject({ outcome: "created", record: { display_name: name } });
    const snapshot = await host.registry.snapshot();
    const folder = (await snapshot.find(name)) as string;
    expect(folder).toMatch(/^bermodell-2-test-[0-9a-f]{8}$/);
    expect((await snapshot.model(folder))?.display_name).toBe(name);
    expect(await findings(host)).toEqual([]);
  });

  it.each(["", " ", "a/b", "a:b", "a\nb", "x".repeat(101), "\u{1f600}".repeat(17)])(
    "is not called %j",
    async (name) => {
      const host = await plainHost();
      await expect(createModel(host, { name, by: ADA })).rejects.toMatchObject({ code: "NAME_INVALID" });
    },
  );
});

describe("what is said of a model", () => {
  it("is one commit of the audit log, with who said it", async () => {
    const host = await plainHost();
    await register(host.registry);
    await editModel(host, { model: "penguins", edit: { act: "alias", alias: "champion", version: 1 }, by: ADA });
    const [entry] = await readLog(host.workspace.folder);
    expect(entry).toMatchObject({ act: "alias", model: "penguins", actor: ADA });
    expect(entry?.subject).toBe("Let champion be penguins version 1");
  });

  it("is nothing to do where it was said before", async () => {
    const host = await plainHost();
    await register(host.registry);
    const edit = { act: "tag", key: "team", value: "birds" } as const;
    expect(await editModel(host, { model: "penguins", edit, by: ADA })).toMatchObject({ outcome: "changed" });
    const before = (await host.registry.snapshot()).commit;
    expect(await editModel(host, { model: "penguins", edit, by: ADA })).toMatchObject({ outcome: "unchanged" });
    const gone = { act: "untag", key: "nobody" } as const;
    expect(await editModel(host, { model: "penguins", edit: gone, by: ADA })).toMatchObject({ outcome: "unchanged" });
    expect((await host.registry.snapshot()).commit).toBe(before);
  });

  it("survives registrations and promotions", async () => {
    const host = await plainHost();
    await register(host.registry);
    await editModel(host, { model: "penguins", edit: { act: "tag", key: "team", value: "" }, by: ADA });
    await editModel(host, { model: "penguins", edit: { act: "describe", description: "Species" }, by: ADA });
    await register(host.registry);
    const record = await (await host.registry.snapshot()).model("penguins");
    expect(record).toMatchObject({ tags: { team: "" }, description: "Species", latest_version: 2 });
    expect(await findings(host)).toEqual([]);
  });

  it.each(["latest", "LATEST", "v3", "V12", "a b", "", "__proto__", "x".repeat(256)])(
    "takes no alias %j",
    async (alias) => {
      const host = await plainHost();
      await register(host.registry);
      const edit = { act: "alias", alias, version: 1 } as const;
      await expect(editModel(host, { model: "penguins", edit, by: ADA })).rejects.toMatchObject({
        code: "ALIAS_INVALID",
      });
    },
  );

  it("takes no alias of a version that is not there", async () => {
    const host = await plainHost();
    await register(host.registry);
    const edit = { act: "alias", alias: "champion", version: 2 } as const;
    await expect(editModel(host, { model: "penguins", edit, by: ADA })).rejects.toMatchObject({
      code: "VERSION_UNKNOWN",
    });
  });

  it("is asked of the policy where the host knows who people are", async () => {
    const host = await plainHost();
    await register(host.registry);
    const edit = { act: "tag", key: "a", value: "b" } as const;
    const denied = await editModel(host, { model: "penguins", edit, by: ADA, authorize: async () => refused });
    expect(denied).toEqual({ outcome: "denied", refusal: refused });
    expect((await (await host.registry.snapshot()).model("penguins"))?.tags).toEqual({});
  });
});

describe("what is said of a version", () => {
  it("stands beside the manifest, which stays as it is", async () => {
    const host = await plainHost();
    await register(host.registry);
    const before = await gitIn(host.workspace.folder, "rev-parse", "registry:models/f9/penguins/versions/1.json");
    const about = { model: "penguins", version: 1, by: ADA };
    await editVersion(host, { ...about, edit: { act: "describe", description: "The first" } });
    await editVersion(host, { ...about, edit: { act: "tag", key: "data", value: "2026" } });
    const snapshot = await host.registry.snapshot();
    expect(await snapshot.read({ kind: "metadata", model: "penguins", version: 1 })).toMatchObject({
      description: "The first",
      tags: { data: "2026" },
    });
    expect(await gitIn(host.workspace.folder, "rev-parse", "registry:models/f9/penguins/versions/1.json")).toBe(before);
    expect(await findings(host)).toEqual([]);
  });

  it("rejects a version that is not there", async () => {
    const host = await plainHost();
    await register(host.registry);
    const edit = { act: "tag", key: "a", value: "b" } as const;
    await expect(editVersion(host, { model: "penguins", version: 2, edit, by: ADA })).rejects.toMatchObject({
      code: "VERSION_UNKNOWN",
    });
  });
});
