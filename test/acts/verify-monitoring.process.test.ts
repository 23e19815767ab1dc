import { expect, it } from "vitest";
import { snoozeModel } from "../../core/acts/snooze.ts";
import { verifyMonitoring } from "../../core/acts/verify-monitoring.ts";
import { canonicalJson } from "../../core/canonical.ts";
import { formatMonitoringPath } from "../../core/monitoring/paths.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { commitFiles } from "../monitoring/commit-files.ts";
import { daysAgo, requestsOf, watchedHost } from "../monitoring/watched-host.ts";
import { ADA } from "../registry/builders.ts";

/** Two days were looked at, and a person snoozed the model. */
async function arrange() {
  const host = await watchedHost();
  await host.ask([...requestsOf(daysAgo(2), 60), ...requestsOf(daysAgo(1), 60)]);
  const { windows } = await host.look();
  await snoozeModel(host.ports, { model: "penguins", lasts: "7d", reason: "known", by: ADA });
  const record = windows[0] as WindowRecord;
  const path = formatMonitoringPath({ kind: "window", model: "penguins", version: 1, from: record.window.from });
  const found = async () =>
    (await verifyMonitoring(host.ports, false)).map(({ code, message }) => `${code}: ${message}`);
  /** A commit by hand, with these files changed, or taken away, and the newest commit's message or another. */
  const put = async (files: Record<string, string | undefined>, message?: string) =>
    commitFiles(
      host.folder,
      "monitoring",
      files,
      message ?? (await host.git("log", "-1", "--format=%B", "monitoring")),
    );
  return { host, record, path, found, put };
}

it("nothing is found on a branch that Slipway alone wrote", async () => {
  const { found } = await arrange();
  expect(await found()).toEqual([]);
});

it("a record that was edited by hand is found under the trailers of Slipway's own commit", async () => {
  const { found, put, path, record } = await arrange();
  await put({ [path]: canonicalJson({ ...record, looked_at: "2026-02-28T00:00:00.000Z" }) });
  expect(await found()).toEqual(["MONITORING_WRONG: A commit of the branch monitoring has other files than it says."]);
});

it("a test that does not follow from its counts is found", async () => {
  const { found, put, path, record } = await arrange();
  const tests = record.tests.map((test) => ({ ...test, p: 0, drifted: true }));
  await put({ [path]: canonicalJson({ ...record, tests }) });
  expect((await found()).join("\n")).toContain("its counts give effect");
});

it("a test at a level that makes it drifted by its own counts is found", async () => {
  const { found, put, path, record } = await arrange();
  const tests = record.tests.map((test) => ({ ...test, level: test.level / 2 }));
  await put({ [path]: canonicalJson({ ...record, tests }) });
  expect((await found()).join("\n")).toContain("is at the level");
});

it("a live metric that its hits do not come to is found", async () => {
  const { found, put, path, record } = await arrange();
  const bar = { metric: "accuracy", "at-least": 0.8 };
  const bars = [{ bar, rows: 50, hits: 20, value: 0.9, holds: "yes" as const }];
  const performance = { labelled: 50, doubled: 0, unknown: 0, metrics: {}, slices: [], bars };
  await put({ [path]: canonicalJson({ ...record, performance }) });
  expect((await found()).join("\n")).toContain("20 of 50 rows are not 0.9");
});

it("a rule that is said to be broken, and is not by its counts, is found", async () => {
  const { found, put, path, record } = await arrange();
  const rules = [{ column: "bill", check: "min", count: 1, rows: 60, expected: "at least 20", broken: true }];
  await put({ [path]: canonicalJson({ ...record, rules }) });
  expect((await found()).join("\n")).toContain("the rule min of bill");
});

it("a record of a version that is not registered is found", async () => {
  const { found, put, record } = await arrange();
  const path = formatMonitoringPath({ kind: "window", model: "penguins", version: 7, from: record.window.from });
  await put({ [path]: canonicalJson({ ...record, version: 7 }) });
  expect((await found()).join("\n")).toContain("version 7 is not registered");
});

it("a record that says another window than its path is found", async () => {
  const { found, put, record } = await arrange();
  const path = formatMonitoringPath({
    kind: "window",
    model: "penguins",
    version: 1,
    from: "2026-01-01T00:00:00.000Z",
  });
  await put({ [path]: canonicalJson(record) });
  expect((await found()).join("\n")).toContain("it is another window's");
});

it("a record that was taken away is found", async () => {
  const { found, put, path } = await arrange();
  await put({ [path]: undefined });
  expect((await found()).join("\n")).toContain(`MONITORING_INCOMPLETE: ${path} was taken away`);
});

it("somebody else's commit is found, and a file that is none of Slipway's", async () => {
  const { found, put } = await arrange();
  await put({ "notes.txt": "mine" }, "by hand");
  expect(await found()).toEqual([
    "MONITORING_WRONG: Somebody else wrote the branch monitoring.",
    "MONITORING_WRONG: notes.txt is none of Slipway's files.",
  ]);
});

it("a record that is none is found, and monitor looks at the window again", async () => {
  const { found, put, path, host } = await arrange();
  await put({ [path]: "{}" });
  expect((await found()).join("\n")).toContain(`${path}: slipway`);
  await expect(host.look()).resolves.toMatchObject({ written: 1 });
});
