import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Database } from "../../core/data/database.ts";
import { objectName } from "../../core/serving/request-log/object-name.ts";
import type { Signature } from "../../schemas/manifest.ts";
import {
  daysAgo,
  FEATURES,
  requestsOf,
  SIGNATURE,
  SPEC,
  testOf,
  type WatchedHost,
  watchedHost,
} from "../monitoring/watched-host.ts";

it("finds that a window's rows are like those that the version was trained on", async () => {
  const host = await watchedHost();
  await host.ask(requestsOf(daysAgo(1), 256));
  const { windows, problems } = await host.look();
  expect(problems).toEqual([]);
  expect(windows).toMatchObject([{ version: 1, traffic: { rows: 256, requests: 256, errors: 0 } }]);
  expect(testOf(windows[0], "bill")).toMatchObject({ effect: expect.closeTo(0, 4), drifted: false });
  expect(testOf(windows[0], "island")).toMatchObject({ current: [128, 128] });
});

it("finds a column that drifted", async () => {
  const host = await watchedHost();
  await host.ask(requestsOf(daysAgo(1), 256, { rows: [{ bill: 90, island: "Dream" }] }));
  const { windows } = await host.look();
  expect(testOf(windows[0], "bill")).toMatchObject({ drifted: true });
});

it("writes nothing where there is nothing new", async () => {
  const host = await watchedHost();
  await host.ask(requestsOf(daysAgo(1), 30));
  const first = await host.look();
  const second = await host.look();
  expect(first).toMatchObject({ written: 1, unchanged: 0 });
  expect(second).toMatchObject({ written: 0, unchanged: 1, commit: first.commit });
});

const version = (number: number, signature: Signature = SIGNATURE) => ({
  version: { ...{ folder: "penguins", version: number, stage: "production", signature }, columns: {} },
});

/** Puts a file into the log that no server wrote. */
async function put({ folder }: WatchedHost, day: number, select: string): Promise<string> {
  const name = objectName({ model: "penguins", hour: day, part: "f00d-1" });
  const file = join(folder, ".slipway/log", name);
  await mkdir(join(file, ".."), { recursive: true });
  const db = await Database.open({ folder: join(folder, ".slipway"), read: [], write: [join(file, "..")] });
  await db.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`).finally(() => db.close());
  return name;
}

describe("what is wrong is told, and holds up nothing else:", () => {
  it("a window without requests has no record, and is not looked for again", async () => {
    const host = await watchedHost();
    await host.ask([...requestsOf(daysAgo(3), 30), ...requestsOf(daysAgo(1), 30)]);
    const { windows } = await host.look();
    expect(windows.map(({ window }) => window.from)).toEqual(["2026-02-26T00:00:00.000Z", "2026-02-28T00:00:00.000Z"]);
  });

  it("a window of shadows alone is looked at once", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 30, { rollout: { decision: "d", step: 0, role: "shadow" } }));
    await expect(host.look()).resolves.toMatchObject({ windows: [], unchanged: 1, written: 0 });
    await expect(host.look()).resolves.toMatchObject({ windows: [], unchanged: 1, written: 0 });
  });

  it("rows of the future are noted, and left out", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(-3), 30), daysAgo(-3));
    const { windows, notes } = await host.look();
    expect(windows).toEqual([]);
    expect(notes).toMatchObject([{ model: "penguins", code: "CLOCK_AHEAD" }]);
  });

  it("a clock that went back finds nothing new, and takes nothing away", async () => {
    const host = await watchedHost();
    await host.ask([...requestsOf(daysAgo(3), 30), ...requestsOf(daysAgo(1), 30)]);
    await host.look();
    await expect(host.look({ at: new Date(daysAgo(2)) })).resolves.toMatchObject({ written: 0, unchanged: 1 });
    expect(await host.git("ls-tree", "-r", "--name-only", "monitoring")).toContain("20260228T000000Z.json");
  });

  it("a window that is not over yet is left", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(0), 30));
    await expect(host.look()).resolves.toMatchObject({ windows: [] });
  });

  it("a column that vanished is a broken rule", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 40, version(1, { ...SIGNATURE, inputs: SIGNATURE.inputs.slice(1) })));
    const { windows } = await host.look();
    expect(windows[0]?.rules).toMatchObject([{ column: "bill", check: "missing", count: 40, broken: true }]);
    expect(windows[0]?.untested).toEqual({ bill: "the log has no such column" });
  });

  it("a column whose values are of another type is a broken rule", async () => {
    const host = await watchedHost();
    const inputs = SIGNATURE.inputs.map((input) => ({ ...input, type: "string" as const }));
    await host.ask(
      requestsOf(daysAgo(1), 40, {
        ...version(1, { ...SIGNATURE, inputs }),
        rows: [{ bill: "long", island: "Dream" }],
      }),
    );
    const { windows } = await host.look();
    expect(windows[0]?.rules).toMatchObject([{ column: "bill", check: "type", count: 40, broken: true }]);
  });

  it("two versions whose types differ are each compared by their own", async () => {
    const host = await watchedHost();
    const other: Signature = {
      ...SIGNATURE,
      inputs: [
        { name: "bill", type: "string" },
        { name: "island", type: "string" },
      ],
    };
    await host.release({ signature: other, data: { test: { sha256: "5".repeat(64), rows: 1, files: [] } } });
    await host.ask([
      ...requestsOf(daysAgo(1), 256),
      ...requestsOf(daysAgo(1), 40, { ...version(2, other), rows: [{ bill: "short", island: "Dream" }] }),
    ]);
    const { windows } = await host.look();
    expect(windows.map((each) => each.traffic.rows)).toEqual([256, 40]);
    expect(windows[0]?.rules).toEqual([]);
    expect(testOf(windows[0], "bill")).toMatchObject({ drifted: false });
  });

  it("a feature that is called as a column of the answer is found under its other name", async () => {
    const host = await watchedHost();
    const signature: Signature = { ...SIGNATURE, inputs: [{ name: "prediction", type: "double" }] };
    const columns = { prediction: FEATURES.columns["bill"] as (typeof FEATURES.columns)[string] };
    const profile = await host.store({ ...FEATURES, columns });
    await host.release({ signature, data: { test: { sha256: "5".repeat(64), rows: 1, files: [] }, profile } });
    await host.ask(requestsOf(daysAgo(1), 256, { ...version(2, signature), rows: [{ prediction: 90 }] }));
    const { windows } = await host.look();
    const tests = windows[0]?.tests.filter(({ what }) => what === "distribution");
    expect(tests?.map(({ of, column, drifted }) => [of, column, drifted])).toEqual([
      ["feature", "prediction", true],
      ["prediction", "prediction", false],
    ]);
  });

  it("a profile that is gone leaves its columns untested", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 40));
    await rm(join(host.folder, ".slipway/store"), { recursive: true });
    const { windows, notes } = await host.look();
    expect(notes?.map(({ code }) => code)).toContain("ARTIFACT_MISSING");
    expect(windows[0]?.tests).toEqual([]);
    expect(windows[0]?.untested).toMatchObject({ bill: "the version has no kept profile of it" });
  });

  it("rows of a version that is not registered are noted, and left out", async () => {
    const host = await watchedHost();
    await host.ask([...requestsOf(daysAgo(1), 40), ...requestsOf(daysAgo(1), 30, version(9))]);
    const { windows, notes } = await host.look();
    expect(windows.map((each) => each.version)).toEqual([1]);
    expect(notes?.map(({ code }) => code)).toContain("VERSION_UNKNOWN");
  });

  it("a spec that cannot be read is a problem of its model", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 40));
    await host.write({ "models/penguins/model.yaml": SPEC.replace("task: classification", "task: guessing") });
    const { windows, problems } = await host.look();
    expect(windows).toEqual([]);
    expect(problems).toMatchObject([
      {
        model: "penguins",
        code: "SPEC_INVALID",
        message: expect.stringMatching(/^models\/penguins\/model\.yaml:2:7: /),
      },
    ]);
  });

  it("a file of the log that is none is a problem of its model", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 40));
    await put(host, daysAgo(2), "SELECT 1 AS mine");
    const { problems } = await host.look();
    expect(problems).toMatchObject([{ code: "STORE_FAILED", message: expect.stringContaining("f00d-1.parquet") }]);
  });

  it("a file of the log that is none keeps its own window from being looked at, and no other", async () => {
    const host = await watchedHost();
    await host.ask([...requestsOf(daysAgo(3), 30), ...requestsOf(daysAgo(2), 30), ...requestsOf(daysAgo(1), 30)]);
    const name = objectName({ model: "penguins", hour: daysAgo(2), part: "f00d-1" });
    await writeFile(join(host.folder, ".slipway/log", name), "no Parquet");

    const { windows, problems } = await host.look();

    expect(windows.map(({ window }) => window.from)).toEqual(["2026-02-26T00:00:00.000Z", "2026-02-28T00:00:00.000Z"]);
    expect(problems).toMatchObject([
      {
        ...{ model: "penguins", code: "STORE_FAILED" },
        message: expect.stringMatching(/^The window from 2026-02-27T00:00:00.000Z is left out: .*f00d-1.parquet/),
      },
    ]);
  });

  it("once such a file is taken away, its window is looked at", async () => {
    const host = await watchedHost();
    await host.ask([...requestsOf(daysAgo(2), 30), ...requestsOf(daysAgo(1), 30)]);
    const name = objectName({ model: "penguins", hour: daysAgo(2), part: "f00d-1" });
    await writeFile(join(host.folder, ".slipway/log", name), "no Parquet");
    await host.look();
    await rm(join(host.folder, ".slipway/log", name));

    const { windows, problems } = await host.look();

    expect(problems).toEqual([]);
    expect(windows).toMatchObject([{ window: { from: "2026-02-27T00:00:00.000Z" }, traffic: { rows: 30 } }]);
  });

  it("a file whose columns are of other types than another's is named", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 40));
    await put(host, daysAgo(1), "SELECT TIMESTAMP '2026-02-28 01:00:00' AS slipway_time, {'a': 1} AS bill");

    const { problems } = await host.look();

    expect(problems[0]?.message).toMatch(/f00d-1\.parquet: bill is STRUCT\(a INTEGER\), and elsewhere DOUBLE/);
  });

  it("a file of the log whose columns are of other types is a problem of its model", async () => {
    const host = await watchedHost();
    await put(host, daysAgo(1), "SELECT TIMESTAMP '2026-02-28 01:00:00' AS slipway_time, 'one' AS slipway_version");
    const { problems } = await host.look();
    expect(problems).toMatchObject([{ code: "STORE_FAILED", message: expect.stringContaining("f00d-1.parquet") }]);
  });

  it("a spec that asks for something else has windows looked at again, and another description none", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 40));
    await host.look();
    await host.write({ "models/penguins/model.yaml": `${SPEC}description: the same\n` });
    await expect(host.look()).resolves.toMatchObject({ written: 0, unchanged: 1 });
    await host.write({
      "models/penguins/model.yaml": SPEC.replace("monitor:\n", "monitor:\n  columns: { bill: off }\n"),
    });
    const { windows } = await host.look();
    expect(windows[0]?.untested).toEqual({ bill: "off in the spec" });
  });

  it("two that look at once write each window once", async () => {
    const host = await watchedHost();
    await host.ask([...requestsOf(daysAgo(2), 30), ...requestsOf(daysAgo(1), 30)]);
    const looks = await Promise.all([host.look(), host.look()]);
    expect(looks.map(({ written }) => written).sort()).toEqual([0, 2]);
    expect(await host.git("rev-list", "--count", "monitoring")).toBe("1");
  });
});
