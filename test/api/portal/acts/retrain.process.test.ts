import { expect, it } from "vitest";
import { plainRetrain } from "../../../../api/portal/plain-retrain.ts";
import { ada, forgePortals, portalOf } from "./models.ts";

it("says that nothing moved where all data is in the repository", async () => {
  const { ports, send, get, host } = await portalOf(1);
  host.retrain = plainRetrain(ports, {});
  await send("/acts/retrain", { model: "penguins" });
  expect((await get("/")).text).toContain("The data of penguins has not moved since it was pinned.");
});

it("where nobody can look, it says what can", async () => {
  const { send } = await portalOf(1);
  const { text } = await send("/acts/retrain", { model: "penguins" });
  expect(text).toContain("slipway retrain");
  expect(text).toContain("UNSUPPORTED");
});

it("who may only read has nobody look", async () => {
  const portal = await (await forgePortals()).as(ada, "read");
  let looked = false;
  portal.host.retrain = async () => {
    looked = true;
    return { said: "looked" };
  };
  const { status, text } = await portal.send("/acts/retrain", { model: "penguins" });
  expect(status).toBe(403);
  expect(text).toContain("NOT_ALLOWED");
  expect(looked).toBe(false);
});
