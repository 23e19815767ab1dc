import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { daysAgo, requestsOf, type WatchedHost, watchedHost } from "../monitoring/watched-host.ts";

/** Ids of a server's requests, as the log has them. */
const idsOf = (server: number, count: number) => Array.from({ length: count }, (_, at) => `s${server}r${at}/0`);
/** What is true of them: the host predicts gentoo and adelie in turns. */
const TRUTH = (at: number) => (at % 2 === 0 ? "gentoo" : "adelie");

async function label(host: WatchedHost, name: string, lines: readonly string[], head = "id,label"): Promise<void> {
  await mkdir(join(host.folder, "labels"), { recursive: true });
  await writeFile(join(host.folder, "labels", name), `${[head, ...lines].join("\n")}\n`);
}

const linesOf = (ids: readonly string[], truth: (at: number) => string = TRUTH) =>
  ids.map((id, at) => `${id},${truth(at)}`);

/** A host that answered forty requests yesterday. */
async function asked() {
  const host = await watchedHost();
  await host.ask(requestsOf(daysAgo(1), 40));
  return host;
}

describe("labels", () => {
  it("that come after the first look are joined by id, and the window is looked at again", async () => {
    const host = await asked();
    expect((await host.look()).windows[0]).not.toHaveProperty("performance");
    await label(host, "a.csv", linesOf(idsOf(1, 40)));
    const { windows, written } = await host.look();
    expect(written).toBe(1);
    expect(windows[0]?.performance).toMatchObject({
      ...{ labelled: 40, doubled: 0, unknown: 0 },
      metrics: { accuracy: { value: 1 }, recall: { value: 1 } },
      bars: [
        { rows: 40, hits: 40, value: 1, holds: "yes" },
        { rows: 20, hits: 20, value: 1 },
      ],
    });
    await expect(host.look()).resolves.toMatchObject({ written: 0, unchanged: 1 });
  });

  it("that have not come are noted: they may be looked for in the wrong place", async () => {
    const host = await asked();
    const { notes } = await host.look();
    expect(notes).toMatchObject([{ model: "penguins", code: "DATA_MISSING" }]);
    await label(host, "a.csv", linesOf(idsOf(1, 40)));
    expect((await host.look()).notes).toEqual([]);
  });

  it("in a file that cannot be read are told while it is there", async () => {
    const host = await asked();
    await label(host, "a.csv", linesOf(idsOf(1, 40)));
    await label(host, "b.csv", ["1,2"], "one,two");
    const first = await host.look();
    const second = await host.look();
    await rm(join(host.folder, "labels/b.csv"));
    const third = await host.look();

    expect(first.notes).toMatchObject([
      { code: "DATA_INVALID", message: expect.stringContaining("b.csv are left out") },
    ]);
    expect(second).toMatchObject({ written: 0, notes: first.notes });
    expect(third.notes).toEqual([]);
  });

  it("have an interval, and slices", async () => {
    const host = await asked();
    await label(
      host,
      "a.csv",
      linesOf(idsOf(1, 40), (at) => (at < 10 ? "gentoo" : TRUTH(at))),
    );
    const { windows } = await host.look();
    const { metrics, slices } = windows[0]?.performance ?? {};
    expect(metrics?.["accuracy"]).toMatchObject({ value: 35 / 40, intervals: [{ level: 0.05 }, { level: 0.025 }] });
    expect(slices?.map(({ slice, rows }) => [slice, rows])).toEqual([
      [{ island: "Biscoe" }, 20],
      [{ island: "Dream" }, 20],
    ]);
  });

  it("that were corrected replace the earlier ones, by `at` where there is that column", async () => {
    const host = await asked();
    const first = linesOf(idsOf(1, 40), () => "adelie").map((line) => `${line},2026-03-01T02:00:00Z`);
    await label(host, "b.csv", first, "id,label,at");
    await label(
      host,
      "c.csv",
      linesOf(idsOf(1, 40)).map((line) => `${line},2026-03-01T01:00:00Z`),
      "id,label,at",
    );
    const { windows } = await host.look();
    expect(windows[0]?.performance).toMatchObject({ labelled: 40, doubled: 40, metrics: { accuracy: { value: 0.5 } } });
  });

  it("that are dated in the future do not win over each correction until then", async () => {
    const host = await asked();
    const lines = [...linesOf(idsOf(1, 40)), ...linesOf(idsOf(1, 20), () => "chinstrap")];
    const moments = lines.map((line, n) => `${line},${n < 40 ? "2026-02-28T12:00:00Z" : "9999-01-01T00:00:00Z"}`);
    await label(host, "a.csv", moments, "id,label,at");
    expect((await host.look()).windows[0]?.performance).toMatchObject({ labelled: 40, bars: [{ hits: 40 }, {}] });
  });

  it("that stand twice count as the last file has them", async () => {
    const host = await asked();
    await label(
      host,
      "a.csv",
      linesOf(idsOf(1, 40), () => "adelie"),
    );
    await label(host, "b.csv", linesOf(idsOf(1, 20)));
    const { windows } = await host.look();
    expect(windows[0]?.performance).toMatchObject({
      labelled: 40,
      doubled: 20,
      metrics: { accuracy: { value: 0.75 } },
    });
  });

  it("of no row are counted, and so are those that are no value of the label", async () => {
    const host = await asked();
    await host.write({
      "models/penguins/model.yaml": (await host.git("show", "HEAD:models/penguins/model.yaml")).replace(
        "island: { type: string }",
        "island: { type: string }, species: { type: string, one-of: [adelie, gentoo] }",
      ),
    });
    const ids = idsOf(1, 40);
    await label(host, "a.csv", [
      ...linesOf(ids.slice(0, 30)),
      `${ids[30]},`,
      `${ids[31]},yes`,
      "nobody/0,gentoo",
      ",gentoo",
    ]);
    const { windows, notes } = await host.look();
    expect(windows[0]?.performance).toMatchObject({
      labelled: 30,
      unfit: 2,
      unknown: 1,
      metrics: { accuracy: { value: 1 } },
    });
    expect(notes).toMatchObject([
      { code: "DATA_INVALID", message: expect.stringContaining("Labels without an id (1)") },
    ]);
  });

  it("of an older version's rows are that version's, however late they come", async () => {
    const host = await asked();
    await host.release();
    const version = {
      folder: "penguins",
      version: 2,
      stage: "production",
      signature: { inputs: [], outputs: [{ name: "prediction", type: "string" as const }] },
      columns: {},
    };
    await host.ask(requestsOf(daysAgo(1), 30, { version, rows: [{}], predictions: [{ prediction: "adelie" }] }));
    await label(host, "a.csv", [...linesOf(idsOf(1, 40)), ...linesOf(idsOf(2, 30), () => "gentoo")]);
    const { windows } = await host.look();
    const accuracies = windows.map(({ version, performance }) => [
      version,
      performance?.labelled,
      performance?.metrics["accuracy"]?.value,
    ]);
    expect(accuracies).toEqual([
      [1, 40, 1],
      [2, 30, 0],
    ]);
  });

  it("look again at the windows alone whose rows have other ones", async () => {
    const host = await asked();
    await host.ask(requestsOf(daysAgo(3), 30));
    await label(host, "a.csv", linesOf(idsOf(1, 40)));
    await host.look();
    await label(host, "b.csv", linesOf(idsOf(2, 30)));
    const { windows } = await host.look();
    expect(windows.map(({ window }) => window.from)).toEqual(["2026-02-26T00:00:00.000Z"]);
  });

  it("in a file that is none hold up no other", async () => {
    const host = await asked();
    await label(host, "a.csv", linesOf(idsOf(1, 40)));
    await label(host, "b.csv", ["1,2"], "name,value");
    await writeFile(join(host.folder, "labels/c.csv"), Buffer.from([0xff, 0xfe, 0, 1]));
    const { windows, notes, problems } = await host.look();
    expect(problems).toEqual([]);
    expect(windows[0]?.performance).toMatchObject({ labelled: 40 });
    expect(notes?.map(({ code }) => code)).toEqual(["DATA_INVALID", "DATA_UNREADABLE"]);
  });

  it("in a file without a byte are told as that", async () => {
    const host = await asked();
    await mkdir(join(host.folder, "labels"), { recursive: true });
    await writeFile(join(host.folder, "labels/a.csv"), "");
    const { notes } = await host.look();
    expect(notes?.[0]?.message).toContain("The file is empty, or its first line is. expected the names of its columns");
  });

  it("of a shadow's answers count for nothing, and are known", async () => {
    const host = await asked();
    const rollout = { decision: "d", step: 0, role: "shadow" as const };
    await host.ask(requestsOf(daysAgo(1), 30, { rollout }));
    await label(host, "a.csv", linesOf(idsOf(2, 30)));
    const { windows } = await host.look();
    expect(windows).toHaveLength(1);
    expect(windows[0]).not.toHaveProperty("performance");
  });

  it("that go away take back what rested on them", async () => {
    const host = await asked();
    await label(host, "a.csv", linesOf(idsOf(1, 40)));
    await label(host, "b.csv", []);
    await host.look();
    await rm(join(host.folder, "labels/a.csv"));
    const { windows } = await host.look();
    expect(windows[0]).not.toHaveProperty("performance");
  });

  it("are refused from outside the repository by a path", async () => {
    const host = await asked();
    const policy = await host.git("show", "HEAD:slipway.yaml");
    await host.write({ "slipway.yaml": policy.replace("labels/*.csv", "../labels/*.csv") });
    await expect(host.look()).resolves.toMatchObject({ problems: [{ model: "penguins", code: "POLICY_INVALID" }] });
  });

  it("of a day that has not come yet win over no correction, and are told", async () => {
    const host = await asked();
    const ids = idsOf(1, 40);
    await label(
      host,
      "a.csv",
      linesOf(ids, () => "adelie").map((line) => `${line},9999-01-01T00:00:00Z`),
      "id,label,at",
    );
    await label(
      host,
      "b.csv",
      linesOf(ids).map((line) => `${line},2026-03-01T01:00:00Z`),
      "id,label,at",
    );
    const { windows, notes } = await host.look();
    expect(windows[0]?.performance).toMatchObject({ labelled: 40, doubled: 40, metrics: { accuracy: { value: 1 } } });
    expect(notes).toMatchObject([{ code: "CLOCK_AHEAD", message: expect.stringContaining("40 labels") }]);
  });

  it("that cannot be reached keep nobody from looking at what is new, and count once they can", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(3), 40), daysAgo(2));
    await host.ask(requestsOf(daysAgo(1), 40));
    await label(host, "a.csv", [...linesOf(idsOf(1, 40)), ...linesOf(idsOf(2, 40))]);
    await host.look({ at: new Date(daysAgo(2)) });
    const [file, away] = [join(host.folder, "labels/a.csv"), join(host.folder, "away.csv")];
    await rename(file, away);
    await symlink(away, file);
    const { windows, problems, unchanged } = await host.look();
    expect(problems).toMatchObject([{ model: "penguins", message: expect.stringContaining("without labels") }]);
    expect(unchanged).toBe(1);
    expect(windows.map(({ window, tests }) => [window.from, tests.length > 0])).toEqual([
      ["2026-02-28T00:00:00.000Z", true],
    ]);
    expect(windows[0]).not.toHaveProperty("performance");
    await expect(host.look()).resolves.toMatchObject({ written: 0 });
    await rm(file);
    await rename(away, file);
    const later = await host.look();
    expect(later.windows.map(({ window, performance }) => [window.from, performance?.labelled])).toEqual([
      ["2026-02-28T00:00:00.000Z", 40],
    ]);
    await expect(host.look()).resolves.toMatchObject({ written: 0, problems: [] });
  });
});
