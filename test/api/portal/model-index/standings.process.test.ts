import { expect, it } from "vitest";
import { snoozeModel } from "../../../../core/acts/snooze.ts";
import { daysAgo, requestsOf, watchedHost } from "../../../monitoring/watched-host.ts";
import { ADA } from "../../../registry/builders.ts";
import { testPortal } from "../server.ts";

/** A portal on a model of which windows were looked at in which a column drifted. */
async function watched() {
  const host = await watchedHost();
  const rows = [{ bill: 90, island: "Dream" }];
  await host.ask([3, 2].flatMap((day) => requestsOf(daysAgo(day), 100, { rows })));
  await host.look();
  return testPortal({}, { ports: host.ports });
}

it("where monitoring sees a model stands in the list and on its page", async () => {
  const { get } = await watched();
  expect((await get("/")).text).toMatch(/class="badge bad" title="version 1 is alarmed[^"]*"[^>]*>alarmed</);
  expect((await get("/m/penguins")).text).toContain("version 1 is alarmed since");
});

it("models are found by it", async () => {
  const { get } = await watched();
  expect((await get("/?q=state%20%3D%20'alarmed'")).text).toContain("1 model<");
  expect((await get("/?q=state%20%3D%20'quiet'")).text).toContain("No model is found");
});

it("what is recorded later is seen with the next page", async () => {
  const { get, ports } = await watched();
  await get("/");
  await snoozeModel(ports, { model: "penguins", lasts: "7d", reason: "calibration", by: ADA });
  expect((await get("/")).text).toContain("snoozed until");
});

it("of a model that was never looked at nothing is said", async () => {
  const host = await watchedHost();
  const { get } = await testPortal({}, { ports: host.ports });
  expect((await get("/m/penguins")).text).toContain("no window was looked at");
});
