import { expect, it } from "vitest";
import { snoozeModel } from "../../core/acts/snooze.ts";
import { openMonitoring } from "../../core/monitoring/open-branch.ts";
import { readSnoozes } from "../../core/monitoring/read-records.ts";
import { watchedHost } from "../monitoring/watched-host.ts";
import { comment, PERSONS } from "./hosts.ts";

const { ada } = PERSONS;
const asked = { model: "penguins", lasts: "7d" as const, reason: "calibration", by: ada };

async function begin() {
  const { ports, git } = await watchedHost();
  const kept = () => readSnoozes(openMonitoring(ports.objects, undefined), "penguins");
  return { ports, git, kept };
}

it("records who wants no alarm until when, and why", async () => {
  const { ports, git, kept } = await begin();
  await snoozeModel(ports, asked);
  expect(await kept()).toMatchObject([
    { by: ada, reason: "calibration", at: "2026-03-01T09:00:00.000Z", until: "2026-03-08T09:00:00.000Z" },
  ]);
  expect(await git("log", "-1", "--format=%s", "monitoring")).toBe("Snooze penguins for 7d");
});

it("is done once by its source", async () => {
  const { ports, kept } = await begin();
  const source = comment();
  const first = await snoozeModel(ports, { ...asked, source });
  expect(await snoozeModel(ports, { ...asked, source, reason: "edited" })).toEqual(first);
  expect(await kept()).toHaveLength(1);
});

it("ends what was asked for before", async () => {
  const { ports, kept } = await begin();
  await snoozeModel(ports, { ...asked, lasts: undefined });
  expect(await kept()).toMatchObject([{ at: "2026-03-01T09:00:00.000Z", until: "2026-03-01T09:00:00.000Z" }]);
});

it("is recorded nowhere of who may not", async () => {
  const { ports, kept } = await begin();
  const refusal = { code: "NOT_ALLOWED" as const, message: "no" };
  const result = await snoozeModel(ports, { ...asked, authorize: async () => refusal });
  expect(result).toEqual({ outcome: "denied", refusal });
  expect(await kept()).toEqual([]);
});

it.each([
  ["longer than a year", { lasts: "366d" as const }, "USAGE"],
  ["a model that is not there", { model: "frogs" }, "MODEL_UNKNOWN"],
])("refuses %s", async (_, about, code) => {
  const { ports } = await begin();
  await expect(snoozeModel(ports, { ...asked, ...about })).rejects.toMatchObject({ code });
});
