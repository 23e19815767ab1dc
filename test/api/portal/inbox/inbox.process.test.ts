import { expect, it } from "vitest";
import { GRACE, request, source } from "../../../registry/builders.ts";
import { ada, forgePortals, grace, portalOf } from "../acts/models.ts";
import { testPortal } from "../server.ts";

const ASKED = { model: "penguins", version: "1", stage: "production", reason: "better <b>recall</b>" };

async function asked() {
  const forge = await forgePortals();
  const portal = await forge.as(ada);
  await portal.send("/acts/promote", ASKED);
  return { ...forge, portal };
}

it("with nothing to decide, it says when something would be here", async () => {
  const { as } = await forgePortals();
  const { status, text } = await (await as(ada)).get("/inbox");
  expect(status).toBe(200);
  expect(text).toContain("Nobody waits for an approval");
});

it("a request of somebody else's waits with who asked, why, and for how many", async () => {
  const { as } = await asked();
  const { text } = await (await as(grace)).get("/inbox");
  expect(text).toContain('<a href="/m/penguins/v/1">penguins version 1</a> to production');
  expect(text).toContain("1 approval: production needs 1 approval by others than ada, and there is none yet");
  expect(text).toContain("better &lt;b&gt;recall&lt;/b&gt;");
  expect(text).toContain('aria-label="Approve penguins version 1 for production"');
});

it("its forms approve what they show", async () => {
  const { as, ports } = await asked();
  const portal = await as(grace);
  const { text } = await portal.get("/inbox");
  const [, request = ""] = /name="request" value="([0-9a-f]{32})"/.exec(text) ?? [];
  await portal.send("/acts/approve", { model: "penguins", request });
  expect((await (await ports.registry.snapshot()).model("penguins"))?.stages["production"]?.version).toBe(1);
  expect((await portal.get("/inbox")).text).toContain("Nobody waits for an approval");
});

it("a request of one's own waits for others, and can be taken back alone", async () => {
  const { portal } = await asked();
  expect((await portal.get("/inbox")).text).toContain("Asked for by you (1)");
  const { text } = await portal.get("/inbox?show=mine");
  expect(text).toContain("Yours: somebody else has to approve it.");
  expect(text).not.toContain("/acts/approve");
  expect(text).toContain("Take it back");
});

it("who may not approve is told so, and sees no forms", async () => {
  const { as } = await asked();
  const { text } = await (await as(grace, "read")).get("/inbox");
  expect(text).toContain("NOT_ALLOWED");
  expect(text).not.toContain("/acts/approve");
});

it("a search that finds nothing says so, with the way back", async () => {
  const { as } = await asked();
  const { text } = await (await as(grace)).get("/inbox?q=nobody");
  expect(text).toContain("No request fits this search.");
});

it("what was rejected is told to who asked for it", async () => {
  const { as, portal } = await asked();
  const other = await as(grace);
  const [, request = ""] = /name="request" value="([0-9a-f]{32})"/.exec((await other.get("/inbox")).text) ?? [];
  await other.send("/acts/reject", { model: "penguins", request, reason: "not on a Friday" });
  const { text } = await portal.get("/inbox?show=refused");
  expect(text).toContain("grace said no");
  expect(text).toContain("not on a Friday");
  expect((await other.get("/inbox?show=refused")).text).toContain("Nothing that you asked for was refused.");
});

it("what gates kept out is told to who asked for it, with the gates' words", async () => {
  const policy =
    "slipway: 1\ngates: { production: [{ metric: accuracy, at-least: 0.99 }] }\nmetrics: { accuracy: { metric: accuracy_score } }\n";
  const { send, get } = await portalOf(1, { "slipway.yaml": policy });
  await send("/acts/promote", ASKED);
  const { text } = await get("/inbox?show=refused");
  expect(text).toContain("expected at least 0.99, found 0.97");
  expect(text).toContain("GATE_FAILED");
});

it("a refusal that came after a page was read is on the next one", async () => {
  const { send, get } = await portalOf(1);
  expect((await get("/inbox?show=refused")).text).toContain("Nothing that you asked for was refused.");
  await send("/acts/hold", { model: "penguins" });
  await send("/acts/promote", ASKED);
  expect((await get("/inbox?show=refused")).text).toContain("MODEL_ON_HOLD");
});

it("on a plain repository it says why nothing waits", async () => {
  const { get } = await portalOf(1);
  expect((await get("/inbox")).text).toContain("nobody can identify a second person");
});

it("a full page of requests with long reasons stays below 100 kB", async () => {
  const { ports } = await portalOf(26);
  const reason = "It's better. ".repeat(153);
  for (let version = 1; version <= 26; version += 1)
    await request(ports.registry, version, source(version), { reason });
  const { text } = await (await testPortal({}, { on: ports, visitor: { person: GRACE } })).get("/inbox");
  expect(text.match(/\/acts\/approve/g)).toHaveLength(25);
  expect(Buffer.byteLength(text)).toBeLessThan(100_000);
});
