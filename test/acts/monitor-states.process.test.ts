import { expect, it } from "vitest";
import { monitorStates } from "../../core/acts/monitor-states.ts";
import { snoozeModel } from "../../core/acts/snooze.ts";
import { daysAgo, requestsOf, TODAY, type WatchedHost, watchedHost } from "../monitoring/watched-host.ts";
import { ADA, promote } from "../registry/builders.ts";

/** Two windows before the version went live by the registry's clock, in both of which a column drifted. */
async function drifted() {
  const host = await watchedHost();
  const rows = [{ bill: 90, island: "Dream" }];
  await host.ask([...requestsOf(daysAgo(3), 100, { rows }), ...requestsOf(daysAgo(2), 100, { rows })]);
  await host.look();
  return host;
}

async function stateOf({ ports }: WatchedHost, at = TODAY) {
  const [standing] = await monitorStates(ports, { at: new Date(at) });
  return standing?.state.state;
}

it("counts what a version answered in its first stay, before it went there by the registry's clock", async () => {
  expect(await stateOf(await drifted())).toBe("alarmed");
});

it("begins anew with a version that comes back", async () => {
  const host = await drifted();
  await host.release();
  await promote(host.ports.registry, 1);
  expect(await stateOf(host)).not.toBe("alarmed");
});

it("says where a model stood at an earlier moment", async () => {
  const host = await drifted();
  expect(await stateOf(host, daysAgo(2))).toBe("quiet");
  expect(await stateOf(host, daysAgo(1))).toBe("alarmed");
});

it("hears no snooze of a clock that ran ahead, so that nobody is left without a word to end it", async () => {
  const { ports } = await drifted();
  const asked = { model: "penguins", lasts: "7d" as const, reason: "calibration", by: ADA };
  await snoozeModel({ ...ports, clock: () => new Date(TODAY + 365 * 86_400_000) }, asked);
  const snoozed = async () => (await monitorStates(ports, { at: new Date(TODAY) }))[0]?.state.snoozed;
  expect(await snoozed()).toBeUndefined();
  await snoozeModel(ports, asked);
  expect(await snoozed()).toMatchObject({ until: "2026-03-08T09:00:00.000Z" });
});
