import { expect, it } from "vitest";
import { plainRetrain } from "../../../../api/portal/plain-retrain.ts";
import { portalOf } from "./models.ts";

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
