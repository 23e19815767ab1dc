import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { digestData } from "../../core/data/digest.ts";
import type { DataRequest } from "../../core/data/prepare.ts";
import { type Files, parquet, parquetRows, prepare, refusal, temporaryFolder, text, write } from "./setting.ts";

const DATA = { train: "train.csv", test: "test.csv", labels: "labels.csv", label: "y", id: "row" };
const FILES = {
  "train.csv": "row,x,y\na,1,yes\nb,2,no\n",
  "test.csv": "row,x\nt1,1\nt2,2\nt3,3\n",
  "labels.csv": "row,y\nt3,no\nt1,yes\nt2,no\n",
};

const opened = (files: Files = {}, data: Record<string, unknown> = {}) =>
  prepare({ ...FILES, ...files }, { ...DATA, ...data }, {}, { opensLabels: true });
const closed = (files: Files = {}, data: Record<string, unknown> = {}, request: Partial<DataRequest> = {}) =>
  prepare({ ...FILES, ...files }, { ...DATA, ...data }, {}, request);
const labelsOf = async ({ testRows }: Awaited<ReturnType<typeof prepare>>) =>
  (await parquetRows(testRows.file)).map(({ id, label }) => [id, label]);

describe("labels that stand apart, where they are not opened", () => {
  it("are in nothing that is written", async () => {
    const prepared = await closed();
    expect(prepared.violations).toEqual([]);
    expect(prepared.testRows.label).toBeUndefined();
    expect(await text(prepared.featuresFile)).toBe("slipway_id,row,x\nt1,t1,1\nt2,t2,2\nt3,t3,3\n");
    expect(await text(prepared.labelsFile)).toBe("slipway_id\nt1\nt2\nt3\n");
  });

  it("are named by the lock's digest alone: nobody fetches them", async () => {
    const uri = "https://sealed.example/labels.csv";
    const pin = { uri, sha256: "ab".repeat(32), size: 100, version: '"7"' };
    const fetch = () => Promise.reject(new Error("fetched"));
    const prepared = await closed(
      {},
      { labels: uri },
      { lock: { slipway: 1, files: [pin] }, access: { env: {}, fetch } },
    );
    expect(prepared.test.labels).toEqual([{ path: uri, sha256: pin.sha256, size: 100, version: '"7"' }]);
    expect(prepared.remote).toBe(true);
  });

  it("are a part of what the test set is: other labels are another one", async () => {
    const digest = async (labels: string) => (await closed({ "labels.csv": labels })).test.sha256;
    expect(await digest(FILES["labels.csv"])).toBe(await digest(FILES["labels.csv"]));
    expect(await digest(FILES["labels.csv"])).not.toBe(await digest("row,y\nt1,no\nt2,no\nt3,no\n"));
  });

  it("are refused where the test rows hold them too, in whatever case", async () => {
    expect(await refusal(closed({ "test.csv": "row,x,Y\nt1,1,yes\n" }))).toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringContaining("the label Y"),
      file: "models/m/test.csv",
    });
  });
});

describe("labels that stand apart, where they are opened", () => {
  it("are joined by id, in the test rows' order", async () => {
    const prepared = await opened();
    expect(prepared.violations).toEqual([]);
    expect(await labelsOf(prepared)).toEqual([
      ["t1", "yes"],
      ["t2", "no"],
      ["t3", "no"],
    ]);
  });

  it("leave the test set and its features as they are where nobody opens them", async () => {
    const [a, b] = [await closed(), await opened()];
    expect(b.test).toEqual(a.test);
    expect(await text(b.featuresFile)).toBe(await text(a.featuresFile));
    expect(b.signature).toEqual(a.signature);
  });

  it("have the same sketch of the test rows: of their features", async () => {
    const testRows = { sketchKey: "k" };
    const { sketch } = await closed({}, {}, { testRows });
    expect(sketch?.labelled).toBeUndefined();
    expect((await closed({}, {}, { testRows, opensLabels: true })).sketch).toEqual(sketch);
  });

  it("are joined whatever the format of the file, and however whole numbers are written", async () => {
    const folder = await temporaryFolder();
    await parquet(`${folder}/l.parquet`, "FROM (VALUES (2.0, 'no'), (1.0, 'yes')) AS t(row, y)");
    const prepared = await opened(
      { "test.csv": "row,x\n1,5\n2,6\n", "l.parquet": await readFile(`${folder}/l.parquet`) },
      { labels: "l.parquet" },
    );
    expect(await labelsOf(prepared)).toEqual([
      ["1", "yes"],
      ["2", "no"],
    ]);
  });

  it("are joined by ids that say what a database would do", async () => {
    const ids = [`'; DROP TABLE test_ids; --`, `" OR 1=1`, "$1", "ÿ", " t1 "];
    const quoted = (id: string) => `"${id.replaceAll('"', '""')}"`;
    const prepared = await opened({
      "test.csv": `row,x\n${ids.map((id) => `${quoted(id)},1\n`).join("")}`,
      "labels.csv": `row,y\n${ids.map((id, i) => `${quoted(id)},l${i}\n`).join("")}`,
    });
    expect(prepared.violations).toEqual([]);
    expect(await labelsOf(prepared)).toEqual(ids.map((id, i) => [id, `l${i}`]));
  });

  it("are read from many files, and of their other columns nothing", async () => {
    const prepared = await opened(
      { "l/1.csv": "row,salt,y\nt1,abc,yes\n", "l/2.csv": "row,salt,y\nt2,d,no\nt3,e,no\n" },
      { labels: "l/*.csv" },
    );
    expect(prepared.violations).toEqual([]);
    expect(await labelsOf(prepared)).toHaveLength(3);
    expect(prepared.test.labels?.map(({ path }) => path)).toEqual(["models/m/l/1.csv", "models/m/l/2.csv"]);
  });

  it.each([
    ["one-of", { "one-of": ["yes", "no"] }, "row,y\nt1,secret\nt2,no\nt3,yes\n"],
    ["unique", { unique: true }, "row,y\nt1,yes\nt2,no\nt3,yes\n"],
  ])(
    "break the label's rule %s, and neither a value nor a row is shown: a rule could ask for the rows of a label",
    async (check, rule, labels) => {
      const columns = { y: { type: "string", ...rule } };
      const { violations } = await opened({ "labels.csv": labels, "train.csv": "row,x,y\na,1,yes\n" }, { columns });
      expect(violations).toMatchObject([{ set: "test", column: "y", check, count: 1, rows: [] }]);
      expect(JSON.stringify(violations)).not.toContain("secret");
    },
  );

  it.each([
    ["a test row without a label", "row,y\nt1,yes\nt2,no\n", { set: "test", check: "label", rows: ["t3"] }],
    [
      "a label row that is there twice",
      "row,y\nt1,yes\nt1,no\nt2,no\nt3,no\n",
      { set: "labels", check: "id", rows: ["t1"] },
    ],
    ["a label row of no test row", "row,y\nt1,yes\nt2,no\nt3,no\nt4,no\n", { set: "labels", check: "id", rows: [] }],
    ["a label row without an id", "row,y\nt1,yes\nt2,no\nt3,no\n,no\n", { set: "labels", check: "id", rows: [] }],
  ])("break a rule with %s", async (_, labels, violation) => {
    const { violations, testRows } = await opened({ "labels.csv": labels });
    expect(violations).toEqual([expect.objectContaining({ ...violation, count: 1 })]);
    expect(testRows.count).toBe(3);
  });

  it.each([
    ["the id", "key,y\nt1,yes\n", /no column row to join/],
    ["the label", "row,z\nt1,yes\n", /no column y/],
  ])("are refused without the column of %s", async (_, labels, message) => {
    expect(await refusal(opened({ "labels.csv": labels }))).toMatchObject({
      code: "DATA_INVALID",
      message: expect.stringMatching(message),
      file: "models/m/labels.csv",
    });
  });

  it("are refused where they are not what was pinned", async () => {
    const folder = await temporaryFolder();
    await write(folder, { "l.csv": FILES["labels.csv"] });
    const uri = pathToFileURL(`${folder}/l.csv`).href;
    const pinned = await digestData(`${folder}/l.csv`, "l.csv");
    const lock = { slipway: 1 as const, files: [{ uri, ...pinned }] };
    const request = { lock, opensLabels: true };
    expect(await labelsOf(await closed({}, { labels: uri }, request))).toHaveLength(3);
    await write(folder, { "l.csv": FILES["labels.csv"].replace("yes", "no") });
    expect(await refusal(closed({}, { labels: uri }, request))).toMatchObject({ code: "DATA_CHANGED" });
  });

  it("go with the part of the test rows that is scored", async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
    const files = {
      "test.csv": `row,x\n${ids.map((id) => `${id},1\n`).join("")}`,
      "labels.csv": `row,y\n${ids.map((id) => `${id},${id}\n`).join("")}`,
    };
    const part = { of: "rest", share: 0.5, by: { id: "row" } } as const;
    const prepared = await closed(files, {}, { opensLabels: true, testRows: { part } });
    expect(prepared.violations).toEqual([]);
    const rows = await labelsOf(prepared);
    expect(rows.length).toBeLessThan(40);
    expect(rows.every(([id, label]) => id === label)).toBe(true);
  });
});
