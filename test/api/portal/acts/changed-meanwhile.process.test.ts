import { expect, it } from "vitest";
import { changeVersion } from "../../../../core/acts/change-version.ts";
import { editModel } from "../../../../core/acts/edit-model.ts";
import { editVersion } from "../../../../core/acts/edit-version.ts";
import type { Ports } from "../../../../core/acts/ports.ts";
import { promoteVersion } from "../../../../core/acts/promote.ts";
import { PERSONS } from "../../../acts/hosts.ts";
import { portalOf } from "./models.ts";

const by = PERSONS.grace;
const of = { model: "penguins", by };
const PAGES = { model: "/m/penguins", version: "/m/penguins/v/1" };

/** Hidden fields of a page's form for an act. */
function hiddenOf(page: string, act: string): Record<string, string> {
  const form = new RegExp(`action="/acts/${act}">([\\s\\S]*?)</form>`).exec(page)?.[1] ?? "";
  const inputs = form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, value]));
}

const promoted = (ports: Ports) =>
  promoteVersion(ports, { model: "penguins", version: 1, stage: "production", requestedBy: by });

const EDITS: {
  act: string;
  of: keyof typeof PAGES;
  fields: Record<string, string>;
  /** Done by somebody else once the form has been sent. */
  later(ports: Ports): Promise<unknown>;
}[] = [
  {
    ...{ act: "describe", of: "model", fields: { text: "Old" } },
    later: (ports) => editModel(ports, { ...of, edit: { act: "describe", description: "New" } }),
  },
  {
    ...{ act: "tag", of: "model", fields: { key: "team", value: "old" } },
    later: (ports) => editModel(ports, { ...of, edit: { act: "tag", key: "team", value: "new" } }),
  },
  {
    ...{ act: "alias", of: "model", fields: { alias: "champion", version: "1" } },
    later: (ports) => editModel(ports, { ...of, edit: { act: "alias", alias: "champion", version: 2 } }),
  },
  {
    ...{ act: "describe", of: "version", fields: { text: "Old" } },
    later: (ports) => editVersion(ports, { ...of, version: 1, edit: { act: "describe", description: "New" } }),
  },
  {
    ...{ act: "tag", of: "version", fields: { key: "team", value: "old" } },
    later: (ports) => editVersion(ports, { ...of, version: 1, edit: { act: "tag", key: "team", value: "new" } }),
  },
  { ...{ act: "archive", of: "version", fields: {} }, later: promoted },
];

it.each(EDITS)("the same $act of a $of after a restart does not write over what came later", async (edit) => {
  const portal = await portalOf(2);
  const form = { ...hiddenOf((await portal.get(PAGES[edit.of])).text, edit.act), ...edit.fields };
  expect((await portal.send(`/acts/${edit.act}`, form)).status).toBe(303);
  await edit.later(portal.ports);
  const { commit } = await portal.ports.registry.snapshot();
  const again = await portal.restarted().send(`/acts/${edit.act}`, form);
  expect(again.status).toBe(409);
  expect(again.text).toContain("OVERTAKEN");
  expect((await portal.ports.registry.snapshot()).commit).toBe(commit);
});

it("the same edit after a restart, where nothing came later, is said to be so already", async () => {
  const portal = await portalOf(1);
  const form = { ...hiddenOf((await portal.get(PAGES.model)).text, "describe"), text: "Birds" };
  await portal.send("/acts/describe", form);
  expect((await portal.restarted().send("/acts/describe", form)).status).toBe(303);
});

it("a version that went live since its page was made is not withdrawn from there", async () => {
  const portal = await portalOf(1);
  const form = { ...hiddenOf((await portal.get(PAGES.version)).text, "withdraw"), reason: "nobody uses it" };
  await promoted(portal.ports);
  expect((await portal.send("/acts/withdraw", form)).text).toContain("Load the page again");
  const record = await (await portal.ports.registry.snapshot()).model("penguins");
  expect(record?.stages["production"]?.version).toBe(1);
});

it("an edit that does not say what was seen is done, as on a command line", async () => {
  const portal = await portalOf(1);
  await editModel(portal.ports, { ...of, edit: { act: "describe", description: "New" } });
  expect(await changeVersion(portal.ports, { ...of, version: 1, act: "archive" })).toMatchObject({
    outcome: "changed",
  });
});
