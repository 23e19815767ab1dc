import { expect, it } from "vitest";
import { findings } from "../../../acts/plain-host.ts";
import { ada, forgePortals, portalOf } from "./models.ts";

type Portal = Awaited<ReturnType<typeof portalOf>>;

const MODEL = { model: "penguins" };

/** Sends a form, and resolves to what the next page says of it. */
async function said({ send, get }: Portal, act: string, fields: Record<string, string>): Promise<string> {
  const { status, text } = await send(`/acts/${act}`, { ...MODEL, ...fields });
  if (status !== 303) throw new Error(`${status}: ${text}`);
  const page = (await get("/")).text;
  return /<p class="flash" role="status">(.*?)<\/p>/s.exec(page)?.[1] ?? "";
}

const record = async ({ ports }: Portal) => (await ports.registry.snapshot()).model("penguins");

it("a rollback brings back what was in the stage before", async () => {
  const portal = await portalOf(2);
  for (const version of ["1", "2"]) await said(portal, "promote", { version, stage: "production" });
  expect(await said(portal, "rollback", { stage: "production", reason: "too slow" })).toBe(
    "penguins version 1 is in production again in place of version 2.",
  );
});

it("the same rollback after a restart is no second step back", async () => {
  const portal = await portalOf(3);
  for (const version of ["1", "2", "3"]) await said(portal, "promote", { version, stage: "production" });
  const form = { stage: "production", token: portal.token() };
  await said(portal, "rollback", form);
  await portal.restarted().send("/acts/rollback", { ...MODEL, ...form });
  expect((await record(portal))?.stages["production"]?.version).toBe(2);
});

it("a rollback with nothing before it is refused with its code", async () => {
  const portal = await portalOf(1);
  const { status, text } = await portal.send("/acts/rollback", { ...MODEL, stage: "production" });
  expect(status).toBe(409);
  expect(text).toContain("penguins cannot be rolled back in production");
});

it("a hold keeps everything of a model out, and its release lets it in again", async () => {
  const portal = await portalOf(1);
  await said(portal, "hold", { reason: "under review" });
  const { status, text } = await portal.send("/acts/promote", { ...MODEL, version: "1", stage: "production" });
  expect(status).toBe(409);
  expect(text).toContain("MODEL_ON_HOLD");
  expect(text).toContain("under review");
  expect(await said(portal, "unhold", {})).toBe("penguins is released: its versions can be promoted again.");
  expect(await said(portal, "promote", { version: "1", stage: "production" })).toContain("is in production now");
});

it("a model is described, and an empty text takes that away", async () => {
  const portal = await portalOf(1);
  await said(portal, "describe", { text: "Three\r\nspecies" });
  expect((await record(portal))?.description).toBe("Three\nspecies");
  expect(await said(portal, "describe", { text: "" })).toBe("penguins has no description now.");
  expect((await record(portal))?.description).toBeUndefined();
});

it("a version is described beside its manifest", async () => {
  const portal = await portalOf(1);
  expect(await said(portal, "describe", { version: "1", text: "The first" })).toBe(
    "penguins version 1 is described so.",
  );
  const metadata = await (await portal.ports.registry.snapshot()).read({
    kind: "metadata",
    model: "penguins",
    version: 1,
  });
  expect(metadata?.description).toBe("The first");
});

it("tags and aliases come and go", async () => {
  const portal = await portalOf(1);
  await said(portal, "tag", { key: "team", value: "birds" });
  await said(portal, "alias", { alias: "champion", version: "1" });
  expect(await record(portal)).toMatchObject({ tags: { team: "birds" }, aliases: { champion: 1 } });
  await said(portal, "untag", { key: "team" });
  expect(await said(portal, "unalias", { alias: "champion" })).toBe("penguins has no alias champion.");
  expect(await record(portal)).toMatchObject({ tags: {}, aliases: {} });
});

it("the same edit again is said to be so already", async () => {
  const portal = await portalOf(1);
  await said(portal, "tag", { key: "team", value: "birds" });
  expect(await said(portal, "tag", { key: "team", value: "birds" })).toBe("penguins has the tag team already.");
});

it("an alias that no client could use is refused with its code", async () => {
  const portal = await portalOf(1);
  const { status, text } = await portal.send("/acts/alias", { ...MODEL, alias: "v3", version: "1" });
  expect(status).toBe(400);
  expect(text).toContain("ALIAS_INVALID");
});

it("a version that is archived leaves its stages", async () => {
  const portal = await portalOf(1);
  await said(portal, "promote", { version: "1", stage: "production" });
  expect(await said(portal, "archive", { version: "1" })).toBe(
    "penguins version 1 is archived. production is empty now.",
  );
});

it("a version is withdrawn for good, with a reason", async () => {
  const portal = await portalOf(1);
  expect((await portal.send("/acts/withdraw", { ...MODEL, version: "1" })).status).toBe(400);
  expect(await said(portal, "withdraw", { version: "1", reason: "wrong labels" })).toBe(
    "penguins version 1 is withdrawn.",
  );
  expect(await findings(portal.ports)).toEqual([]);
});

it("alarms are snoozed for days, and alarm again with none", async () => {
  const portal = await portalOf(1);
  expect(await said(portal, "snooze", { days: "7", reason: "new sensor" })).toContain(
    "Alarms of penguins are snoozed until 2026-03-08T09:00:00Z",
  );
  expect(await said(portal, "snooze", { days: "0", reason: "it is there" })).toBe("penguins may alarm again.");
});

it("a rollout that is not under way is not paused", async () => {
  const portal = await portalOf(1);
  expect(await said(portal, "rollout", { stage: "production", what: "pause" })).toBe(
    "No version of penguins is on its way to production.",
  );
});

it.each([
  ["promote", { version: "1", stage: "production" }],
  ["rollback", { stage: "production" }],
  ["rollout", { stage: "production", what: "abort" }],
  ["hold", {}],
  ["unhold", {}],
  ["describe", { text: "x" }],
  ["tag", { key: "a", value: "b" }],
  ["untag", { key: "a" }],
  ["alias", { alias: "a", version: "1" }],
  ["unalias", { alias: "a" }],
  ["archive", { version: "1" }],
  ["withdraw", { version: "1", reason: "x" }],
  ["snooze", { days: "1", reason: "x" }],
])("who may only read does no %s", async (act, fields) => {
  const { as, ports } = await forgePortals();
  const { commit } = await ports.registry.snapshot();
  const portal = await as(ada, "read");
  const { status, text } = await portal.send(`/acts/${act}`, { ...MODEL, ...(fields as Record<string, string>) });
  expect(status).toBe(403);
  expect(text).toContain("NOT_ALLOWED");
  expect((await ports.registry.snapshot()).commit).toBe(commit);
});

it("an act that is in no table is not found", async () => {
  const { send } = await portalOf(0);
  expect((await send("/acts/constructor", {})).status).toBe(404);
});
