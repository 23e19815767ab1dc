import { expect, it } from "vitest";
import { changeVersion } from "../../../../core/acts/change-version.ts";
import { openRequests } from "../../../../core/acts/open-requests.ts";
import { ada, forgePortals, grace } from "./models.ts";

const ASKED = { model: "penguins", version: "1", stage: "production" };

async function asked() {
  const forge = await forgePortals();
  const portal = await forge.as(ada);
  await portal.send("/acts/promote", ASKED);
  const [request] = await openRequests(await forge.ports.registry.snapshot(), { model: "penguins" });
  if (request === undefined) throw new Error("nothing waits");
  const live = async () => (await (await forge.ports.registry.snapshot()).model("penguins"))?.stages["production"];
  return { ...forge, portal, live, review: { model: "penguins", request: request.id } };
}

it("a promotion that needs approvals waits, and says for how many", async () => {
  const { portal } = await asked();
  expect((await portal.get("/")).text).toContain("penguins version 1 waits for 1 approval before production");
});

it("a second person's approval brings it about", async () => {
  const { as, review, live } = await asked();
  const other = await as(grace);
  await other.send("/acts/approve", review);
  expect((await other.get("/")).text).toContain("Approved by grace.");
  expect(await live()).toMatchObject({ version: 1 });
});

it("who asked does not approve it", async () => {
  const { portal, review, live } = await asked();
  const { status, text } = await portal.send("/acts/approve", review);
  expect(status).toBe(403);
  expect(text).toContain("OWN_REQUEST");
  expect(await live()).toBeUndefined();
});

it("who may not is refused, and nothing is recorded", async () => {
  const { as, review, live } = await asked();
  const { status, text } = await (await as(grace, "read")).send("/acts/approve", review);
  expect(status).toBe(403);
  expect(text).toContain("NOT_ALLOWED");
  expect(await live()).toBeUndefined();
});

it("who may only read rejects nothing", async () => {
  const { as, review, ports } = await asked();
  const { commit } = await ports.registry.snapshot();
  const { status, text } = await (await as(grace, "read")).send("/acts/reject", { ...review, reason: "no" });
  expect(status).toBe(403);
  expect(text).toContain("NOT_ALLOWED");
  expect((await ports.registry.snapshot()).commit).toBe(commit);
});

it("a version that was withdrawn meanwhile is approved by nobody", async () => {
  const { as, review, ports, live } = await asked();
  await changeVersion(ports, { model: "penguins", version: 1, act: "withdraw", reason: "wrong labels", by: ada });
  const { status, text } = await (await as(grace)).send("/acts/approve", review);
  expect({ status, text }).toMatchObject({ status: 409 });
  expect(text).toContain("was withdrawn");
  expect(await live()).toBeUndefined();
});

it("a rejection ends the request, with its reason in the record", async () => {
  const { as, review, ports } = await asked();
  const other = await as(grace);
  await other.send("/acts/reject", { ...review, reason: "not on a Friday" });
  expect((await other.get("/")).text).toContain("penguins version 1 is rejected for production. Nothing was changed.");
  const snapshot = await ports.registry.snapshot();
  expect(await openRequests(snapshot, { model: "penguins" })).toEqual([]);
  expect(await snapshot.list("review", "penguins")).toMatchObject([{ verdict: "reject", reason: "not on a Friday" }]);
});

it("a rejection without a reason is none", async () => {
  const { as, review, ports } = await asked();
  const { status, text } = await (await as(grace)).send("/acts/reject", { ...review, reason: "  " });
  expect(status).toBe(400);
  expect(text).toContain("say why");
  expect(await openRequests(await ports.registry.snapshot(), { model: "penguins" })).toHaveLength(1);
});

it("a request that was decided before is nobody's any more", async () => {
  const { as, review } = await asked();
  const other = await as(grace);
  await other.send("/acts/approve", review);
  await other.send("/acts/reject", { ...review, reason: "late" });
  expect((await other.get("/")).text).toContain("Nobody waits for penguins version 1 in production any more.");
});
