import { expect, it } from "vitest";
import { policyYaml } from "../../../acts/hosts.ts";
import { findings } from "../../../acts/plain-host.ts";
import { portalOf } from "./models.ts";

const ASKED = { model: "penguins", version: "1", stage: "production" };

it("a version whose gates pass goes to its stage, and the page before says so", async () => {
  const { send, get, ports } = await portalOf(1);
  const { status, location } = await send("/acts/promote", { ...ASKED, back: "/?page=1" });
  expect({ status, location }).toEqual({ status: 303, location: "/?page=1" });
  const { text } = await get("/");
  expect(text).toContain("penguins version 1 is in production now. It is the first version there. Its gate passes.");
  expect(await findings(ports)).toEqual([]);
});

it("what it came to is said once", async () => {
  const { send, get } = await portalOf(1);
  await send("/acts/promote", ASKED);
  await get("/");
  expect((await get("/")).text).not.toContain("is in production now");
});

it("the same form again is the same act", async () => {
  const { send, token, ports } = await portalOf(2);
  const first = { ...ASKED, token: token() };
  await send("/acts/promote", first);
  await send("/acts/promote", { ...ASKED, version: "2" });
  expect((await send("/acts/promote", first)).status).toBe(303);
  expect((await (await ports.registry.snapshot()).model("penguins"))?.stages["production"]?.version).toBe(2);
});

it("the same form again after a restart is the same act", async () => {
  const { send, token, ports, restarted } = await portalOf(2);
  const first = { ...ASKED, token: token() };
  await send("/acts/promote", first);
  await send("/acts/promote", { ...ASKED, version: "2" });
  await restarted().send("/acts/promote", first);
  expect((await (await ports.registry.snapshot()).model("penguins"))?.stages["production"]?.version).toBe(2);
});

it("a version whose gate fails stays out, with the gates and what to do", async () => {
  const policy = policyYaml(0, "{ metric: accuracy, at-least: 0.99 }");
  const { send } = await portalOf(1, { "slipway.yaml": policy });
  const { status, text } = await send("/acts/promote", ASKED);
  expect(status).toBe(409);
  expect(text).toContain("penguins version 1 stays out of production");
  expect(text).toContain("expected at least 0.99, found 0.97");
  expect(text).toContain("Make the model better");
  expect(text).toContain("GATE_FAILED");
});

it("on a plain repository no second person can approve, and it says what to do", async () => {
  const { send } = await portalOf(1, { "slipway.yaml": policyYaml(1) });
  const { status, text } = await send("/acts/promote", ASKED);
  expect(status).toBe(409);
  expect(text).toContain("on a plain repository nobody can identify a second person");
  expect(text).toContain("Promote on GitHub");
});

it("a model that nobody knows is 404", async () => {
  const { send } = await portalOf(1);
  expect(await send("/acts/promote", { ...ASKED, model: "nobody" })).toMatchObject({ status: 404 });
});

it("a form without its fields says which", async () => {
  const { send } = await portalOf(1);
  const { status, text } = await send("/acts/promote", { model: "penguins", stage: "production" });
  expect(status).toBe(400);
  expect(text).toContain("version");
});

it("markup in a reason is text", async () => {
  const { send, ports } = await portalOf(1);
  await send("/acts/promote", { ...ASKED, reason: "<script>alert(1)</script>" });
  const [decision] = await (await ports.registry.snapshot()).list("decision", "penguins");
  expect(decision?.reason).toBe("<script>alert(1)</script>");
  expect(decision?.source).toMatchObject({ kind: "form", place: 0 });
});
