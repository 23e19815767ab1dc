import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { slipway } from "../cli/memory-host.ts";
import { daysAgo, POLICY, requestsOf, SPEC, type WatchedHost, watchedHost } from "../monitoring/watched-host.ts";

const FILE = "penguins/20260228T000000Z.parquet";
const LIVE = "live/penguins";

async function label(host: WatchedHost, lines: readonly string[], name = "a.csv"): Promise<void> {
  await mkdir(join(host.folder, "labels"), { recursive: true });
  await writeFile(join(host.folder, "labels", name), `${["id,label", ...lines].join("\n")}\n`);
}
const linesOf = (count: number, truth = "gentoo", server = 1) =>
  Array.from({ length: count }, (_, at) => `s${server}r${at}/0,${truth}`);

/** A host that keeps labelled rows, and answered six requests yesterday. */
async function keeping(spec = SPEC, policy = "") {
  const host = await watchedHost({
    "slipway.yaml": `${POLICY}  rows: { penguins: "file:live" }\n${policy}`,
    "models/penguins/model.yaml": spec.replace("train: train.csv", "train: train.parquet"),
  });
  await host.ask(requestsOf(daysAgo(1), 6));
  return host;
}

const files = (host: WatchedHost) => readdir(join(host.folder, LIVE)).catch(() => []);
const bytes = (host: WatchedHost) => readFile(join(host.folder, "live", FILE));

async function rows(host: WatchedHost): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const read = await connection.runAndReadAll(`FROM read_parquet('${join(host.folder, "live", FILE)}')`);
    return read.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe("labelled rows", () => {
  it("are kept by window as the training data have them, once labels came", async () => {
    const host = await keeping();
    await host.look();
    expect(await files(host)).toEqual([]);
    await label(host, linesOf(2));
    await host.look();
    expect(await files(host)).toEqual(["20260228T000000Z.parquet"]);
    expect(await rows(host)).toEqual([
      { bill: 31, island: "Biscoe", species: "gentoo" },
      { bill: 32, island: "Dream", species: "gentoo" },
    ]);
  });

  it("have the id under the spec's name, where the spec has one", async () => {
    const host = await keeping(SPEC.replace("label: species", "label: species\n  id: bird"));
    await label(host, linesOf(1));
    await host.look();
    expect(await rows(host)).toEqual([{ bird: "s1r0/0", bill: 31, island: "Biscoe", species: "gentoo" }]);
  });

  it("are not written again by a look that finds nothing new, and are the same bytes if they are gone", async () => {
    const host = await keeping();
    await label(host, linesOf(6));
    await host.look();
    const before = await bytes(host);
    await expect(host.look()).resolves.toMatchObject({ written: 0, unchanged: 1 });
    await rm(join(host.folder, "live", FILE));
    await expect(host.look()).resolves.toMatchObject({ written: 0 });
    expect((await bytes(host)).equals(before)).toBe(true);
  });

  it("are written again where a label was corrected", async () => {
    const host = await keeping();
    await label(host, linesOf(1));
    await host.look();
    await label(host, linesOf(1, "adelie"), "b.csv");
    await host.look();
    expect(await rows(host)).toMatchObject([{ species: "adelie" }]);
  });

  it("are taken away where all labels were taken back", async () => {
    const host = await keeping();
    await label(host, linesOf(1));
    await host.look();
    await label(host, linesOf(1, ""), "b.csv");
    await host.look();
    expect(await files(host)).toEqual([]);
  });

  it("never have a column that the spec calls sensitive by now", async () => {
    const host = await keeping(SPEC.replace("type: double, min: 20", "type: double, min: 20, sensitive: true"));
    await label(host, linesOf(1));
    await host.look();
    expect(await rows(host)).toEqual([{ island: "Biscoe", species: "gentoo" }]);
  });

  it("leave out labels that the spec lets no label be, errors, and what a shadow answered", async () => {
    const host = await keeping(
      SPEC.replace(
        "island: { type: string }",
        'island: { type: string }, species: { type: string, "one-of": [gentoo, adelie] }',
      ),
    );
    const shadow = { rollout: { role: "shadow" as const, decision: "a".repeat(32), step: 0 } };
    await host.ask([
      { at: daysAgo(1), ...shadow },
      { at: daysAgo(1), error: "PREDICT_FAILED", predictions: undefined },
    ]);
    await label(host, [...linesOf(1), "s1r1/0,tortoise", ...linesOf(2, "adelie", 2)]);
    await host.look();
    expect(await rows(host)).toEqual([{ bill: 31, island: "Biscoe", species: "gentoo" }]);
  });

  it("are kept of windows that were looked at before they were to be kept, in the training data's format", async () => {
    const host = await watchedHost();
    await host.ask(requestsOf(daysAgo(1), 6));
    await label(host, linesOf(6));
    await host.look();
    await host.write({ "slipway.yaml": `${POLICY}  rows: { penguins: "file:live" }\n` });
    await host.look();
    expect(await readFile(join(host.folder, "live", FILE.replace("parquet", "csv")), "utf8")).toMatch(
      /^bill,island,species\n(.*\n){6}$/,
    );
  });

  it("are data that move: what trains on them asks for new pins", async () => {
    const host = await keeping(SPEC, "  then: { data: retrain }\n");
    await host.write({
      "models/penguins/model.yaml": SPEC.replace(
        "train: train.csv",
        `train: "file://${host.folder}/${LIVE}/*.parquet"`,
      ),
    });
    await label(host, linesOf(6));
    const { moved } = await host.look();
    expect(moved).toMatchObject([
      {
        model: "penguins",
        changes: [
          expect.stringMatching(/^0 files, 0 bytes → 1 file, /),
          expect.stringMatching(/^\+ file:.*Z\.parquet: new, 6 rows, /),
        ],
      },
    ]);
  });

  it("that cannot be kept are told of, and keep no look from anything", async () => {
    const host = await keeping();
    await label(host, linesOf(1));
    await writeFile(join(host.folder, "live"), "a file in the folder's place");
    const looked = await host.look();
    expect(looked).toMatchObject({ written: 1, problems: [] });
    expect(looked.notes).toEqual([
      { model: "penguins", code: expect.any(String), message: expect.stringContaining("Labelled rows are not kept") },
    ]);
    await rm(join(host.folder, "live"));
    await host.look();
    expect(await rows(host)).toHaveLength(1);
  });

  it("go nowhere that no pattern can name", async () => {
    const host = await watchedHost({ "slipway.yaml": `${POLICY}  rows: { penguins: "oci://ghcr.io/acme/rows" }\n` });
    await expect(host.look()).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});

describe("slipway requests --labelled", () => {
  const requests = async (host: WatchedHost, ...words: string[]) =>
    slipway(["requests", "penguins", "--since", "2026-02-01", ...words], { cwd: host.folder });

  it("writes the same rows into a file", async () => {
    const host = await keeping();
    await label(host, linesOf(2));
    const said = await requests(host, "--labelled", "--out", "rows.csv");
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining("2 labelled rows") });
    expect(await readFile(join(host.folder, "rows.csv"), "utf8")).toBe(
      "bill,island,species\n31.0,Biscoe,gentoo\n32.0,Dream,gentoo\n",
    );
  });

  it("writes nothing while no label came, and says so", async () => {
    const host = await keeping();
    const said = await requests(host, "--labelled", "--out", "rows.csv");
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining("no row has a label yet") });
    await expect(readFile(join(host.folder, "rows.csv"))).rejects.toThrow("ENOENT");
  });

  it("asks for a file", async () => {
    const host = await keeping();
    expect(await requests(host, "--labelled")).toMatchObject({ code: 2, stderr: expect.stringContaining("--out") });
  });

  it("says how to name labels where the policy names none", async () => {
    const host = await watchedHost({
      "slipway.yaml": "slipway: 1\nmonitor: { requests: { store: file:.slipway/log } }\n",
    });
    const said = await requests(host, "--labelled", "--out", "rows.csv");
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining("labels: { penguins:") });
  });
});
