import { expect, test } from "vitest";
import { changeVersion } from "../../core/acts/change-version.ts";
import { holdModel } from "../../core/acts/hold.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { snoozeModel } from "../../core/acts/snooze.ts";
import { verifyMonitoring } from "../../core/acts/verify-monitoring.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { RolloutPlan } from "../../schemas/rollout.ts";
import { drifted } from "../drift/builders.ts";
import { evaluation, metric } from "../gates/evidence.ts";
import { ADA, promote, source } from "../registry/builders.ts";
import { act, alarmedHost, alarmFile, keepLook, labels, liveVersion, rollbacks } from "./alarmed-host.ts";
import { findings } from "./plain-host.ts";

const evaluated = (accuracy: number): Partial<Manifest> => ({ evaluation: evaluation({ accuracy: metric(accuracy) }) });

test("labels below the bar bring back the version before that holds it, and the file says so", async () => {
  const host = await alarmedHost(2);
  await labels(host, 1, 2, 100, 200);

  const { acted, problems } = await act(host);

  expect(problems).toEqual([]);
  expect(acted[0]?.decision).toMatchObject({ act: "rollback", version: 1, replaces: 2, requested_by: ADA });
  expect(await liveVersion(host)).toBe(1);
  expect(await alarmFile(host)).toContain("Version 1 is in production again in place of version 2: decided by labels");
});

test("the record of it says on which figures and on which commit it rests, and verify makes it again", async () => {
  const host = await alarmedHost(2);
  await labels(host, 1, 2, 100, 200);
  const monitoring = (await host.git("rev-parse", "monitoring")).trim();

  await act(host);

  const [decision] = await rollbacks(host);
  expect(decision?.source).toMatchObject({ kind: "monitor", commit: monitoring });
  expect(decision?.reason).toContain("accuracy is 0.5 on the 200 labelled rows since then (100 of them)");
  expect(decision?.reason).toContain("version 1: accuracy at least 0.8: it was 0.9");
  expect(await findings(host.ports)).toEqual([]);
});

test("a rollback whose evidence is gone from the branch monitoring is found", async () => {
  const host = await alarmedHost(2);
  await labels(host, 2, 1, 190, 200);
  const before = await host.git("rev-parse", "monitoring");
  await labels(host, 1, 2, 100, 200);
  await act(host);
  const codes = async () => (await verifyMonitoring(host.ports, false)).map(({ message }) => message);
  const whole = await codes();

  await host.git("update-ref", "refs/heads/monitoring", before.trim());

  expect(whole.filter((message) => message.includes("rests on"))).toEqual([]);
  expect(await codes()).toContainEqual(
    expect.stringMatching(/rolled penguins back by labels, and the commit that it rests on/),
  );
});

test("twice is once", async () => {
  const host = await alarmedHost(3);
  await labels(host, 1, 3, 100, 200);

  await act(host);
  const file = await alarmFile(host);
  const { acted } = await act(host);

  expect(acted[0]?.done).toEqual([]);
  expect(await liveVersion(host)).toBe(2);
  expect(await rollbacks(host)).toHaveLength(1);
  expect(file).toContain("version 3 is alarmed");
  expect(await alarmFile(host)).toContain("no alarm any more; alarmed since 2026-02-28");
});

test("the version whose own labels hold the bar comes back, past one whose do not", async () => {
  const host = await alarmedHost(3);
  await labels(host, 5, 2, 100, 200);
  await labels(host, 1, 3, 100, 200);

  await act(host);

  expect(await liveVersion(host)).toBe(1);
});

test("if no version before holds the bar, none comes back, and the file says why", async () => {
  const host = await alarmedHost(1);
  await host.release(evaluated(0.5));
  await labels(host, 9, 1, 100, 200);
  await labels(host, 1, 2, 100, 200);

  const { acted } = await act(host);

  expect(acted[0]?.decision).toBeUndefined();
  expect(await liveVersion(host)).toBe(2);
  expect(await alarmFile(host)).toContain("No version before holds the bars, so none comes back by itself.");
  expect(await alarmFile(host)).toContain("Version 1: accuracy at least 0.8: it was 0.5 on the 200 labelled rows");
});

test("the first version has none before it, and the file says so", async () => {
  const host = await alarmedHost(1);
  await labels(host, 1, 1, 100, 200);

  await act(host);

  expect(await liveVersion(host)).toBe(1);
  expect(await alarmFile(host)).toContain("No version before holds the bars");
});

test("a version whose files are lost is passed over for the one before it", async () => {
  const host = await alarmedHost(1);
  const lost = { ...(await host.store({ a: 1 })), sha256: "e".repeat(64), files: [] };
  await host.release({ artifact: lost as Manifest["artifact"] });
  await host.release();
  await labels(host, 1, 3, 100, 200);

  await act(host);

  expect(await liveVersion(host)).toBe(1);
});

test("the file is gone once no version is live any more", async () => {
  const host = await alarmedHost(1);
  await labels(host, 1, 1, 100, 200);
  await act(host);
  const before = await alarmFile(host);
  await changeVersion(host.ports, { model: "penguins", version: 1, act: "archive", by: ADA });

  await act(host);

  expect(before).toContain("version 1 is alarmed");
  expect(await alarmFile(host)).toBeUndefined();
});

test("where no version was before, the file advises no rollback", async () => {
  const host = await alarmedHost(1);
  await labels(host, 1, 1, 100, 200);

  await act(host);

  expect(await alarmFile(host)).not.toContain("slipway rollback");
});

test("drift alone opens a file, and rolls nothing back", async () => {
  const host = await alarmedHost(2);
  for (const n of [3, 2, 1]) await keepLook(host, n, { version: 2, tests: [drifted()] });

  await act(host);

  expect(await liveVersion(host)).toBe(2);
  expect(await alarmFile(host)).toContain("The column bill_length_mm has moved");
});

test("a metric that is no mean of rows opens a file, and rolls nothing back", async () => {
  const host = await alarmedHost(2);
  const performance = {
    ...{ labelled: 200, doubled: 0, unknown: 0, unfit: 0, metrics: {}, slices: [] },
    bars: [{ bar: { metric: "accuracy", "at-least": 0.8 }, rows: 200, value: 0.5, holds: "no" as const }],
  };
  for (const n of [3, 2, 1]) await keepLook(host, n, { version: 2, performance });

  await act(host);

  expect(await liveVersion(host)).toBe(2);
  expect(await alarmFile(host)).toContain("no rollback rests on it");
});

test("without the policy's word a broken bar opens a file alone", async () => {
  const policy = "slipway: 1\nmonitor: { requests: { store: file:.slipway/log } }\n";
  const host = await alarmedHost(2, { "slipway.yaml": policy });
  await labels(host, 1, 2, 100, 200);

  await act(host);

  expect(await liveVersion(host)).toBe(2);
  expect(await alarmFile(host)).toContain("slipway rollback penguins production");
});

test("a snoozed model is left alone", async () => {
  const host = await alarmedHost(2);
  await labels(host, 1, 2, 100, 200);
  await snoozeModel(host.ports, { model: "penguins", lasts: "7d", reason: "known", by: ADA });

  await act(host);

  expect(await liveVersion(host)).toBe(2);
  expect(await alarmFile(host)).toBeUndefined();
});

test("a snooze that is ended lets act again", async () => {
  const host = await alarmedHost(2);
  await labels(host, 1, 2, 100, 200);
  const about = { model: "penguins", reason: "known", by: ADA };
  await snoozeModel(host.ports, { ...about, lasts: "7d" });
  host.ports.clock = () => new Date("2026-03-01T09:00:01Z");
  await snoozeModel(host.ports, { ...about, lasts: undefined });

  await act(host);

  expect(await liveVersion(host)).toBe(1);
});

test("the version that a person puts back there stays, whatever its old labels say", async () => {
  const host = await alarmedHost(2);
  await labels(host, 1, 2, 100, 200);
  await act(host);
  await promote(host.ports.registry, 2);

  await act(host);

  expect(await liveVersion(host)).toBe(2);
  expect(await rollbacks(host)).toHaveLength(1);
});

test("while another version is rolled out there, none comes back by itself, and the file says so", async () => {
  const host = await alarmedHost(2);
  await labels(host, 1, 2, 100, 200);
  const rollout: RolloutPlan = { steps: [{ share: 0.5, for: "30m" }, { share: 1 }] };
  await promote(host.ports.registry, 1, { outcome: "rolling-out", rollout });

  const { acted } = await act(host);

  expect(acted[0]?.decision).toBeUndefined();
  expect(await liveVersion(host)).toBe(2);
  expect(await alarmFile(host)).toContain("No version comes back by itself: Version 1 is on its way to production");
});

test("a person's rollback before it leaves nothing to do", async () => {
  const host = await alarmedHost(3);
  await labels(host, 1, 3, 100, 200);
  await rollBack(host.ports, { model: "penguins", stage: "production", to: 1, requestedBy: ADA });

  await act(host);

  expect(await liveVersion(host)).toBe(1);
  expect(await rollbacks(host)).toHaveLength(1);
});

test("a model on hold is rolled back all the same, as a person could", async () => {
  const host = await alarmedHost(2);
  await labels(host, 1, 2, 100, 200);
  await holdModel(host.ports, { model: "penguins", hold: true, by: ADA, source: source(1) });

  await act(host);

  expect(await liveVersion(host)).toBe(1);
});

test("five clean windows of the version that came back close the file", async () => {
  const host = await alarmedHost(2);
  await labels(host, 8, 2, 100, 200);
  await act(host);
  for (const n of [5, 4, 3, 2, 1]) await labels(host, n, 1, 190, 200);

  await act(host);

  expect(await alarmFile(host)).toBeUndefined();
  expect(await host.git("log", "-1", "--format=%s", "monitoring")).toContain("Close the alarm of penguins");
});

test("nothing new writes no commit", async () => {
  const host = await alarmedHost(2);
  for (const n of [3, 2, 1]) await keepLook(host, n, { version: 2, tests: [drifted()] });
  await act(host);
  const before = await host.git("rev-parse", "monitoring");

  await act(host);

  expect(await host.git("rev-parse", "monitoring")).toBe(before);
});

test("nor where there is nothing to roll back to, and the file says it still", async () => {
  const host = await alarmedHost(1);
  await labels(host, 1, 1, 100, 200);
  await act(host);
  const before = await host.git("rev-parse", "monitoring");

  await act(host);

  expect(await host.git("rev-parse", "monitoring")).toBe(before);
  expect(await alarmFile(host)).toContain("No version before holds the bars");
});
