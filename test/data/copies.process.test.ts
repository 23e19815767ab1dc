import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { refuseInvalidData } from "../../core/stages/checked-data.ts";
import { type Files, prepare, refusal, temporaryFolder } from "./setting.ts";

const TRAIN = "y,x\na,1\nb,2\n";
const TEST = "y,x\na,3\nb,4\n";
const ADDRESS = "https://data.test/t.csv";

describe("the same bytes under two names", () => {
  it("are no more test rows: one file's addresses, made different by how they are written", async () => {
    const file = join(await temporaryFolder(), "t.csv");
    await writeFile(file, TEST);
    const test = [`file://${file}`, `file:${file}`, `file://${file.replace("t.csv", "%74.csv")}`];
    const lock = {
      slipway: 1 as const,
      files: test.map((uri) => ({ uri, sha256: sha256(TEST), size: TEST.length })),
    };
    const found = await refusal(
      prepare({ "train.csv": TRAIN }, { train: "train.csv", test, label: "y" }, {}, { lock }),
    );
    expect(found).toMatchObject({ code: "DATA_INVALID", expected: "each row once", file: test[1] });
  });

  it.each(["csv", "jsonl"])("are no more test rows where a file of the repository is copied: %s", async (extension) => {
    const rows = extension === "csv" ? TEST : '{"y":"a","x":1}\n';
    const files = { "train.csv": TRAIN, [`a.${extension}`]: rows, [`b.${extension}`]: rows };
    const test = [`a.${extension}`, `b.${extension}`];
    const found = await refusal(prepare(files, { train: "train.csv", test, label: "y" }));
    expect(found).toMatchObject({ code: "DATA_INVALID", file: `models/m/b.${extension}` });
  });

  it.each([
    [
      "a copy",
      { "train.csv": TRAIN, "test.csv": TRAIN },
      { train: "train.csv", test: "test.csv" },
      "models/m/train.csv",
    ],
    ["another address", { "train.csv": TRAIN }, { train: "train.csv", test: ADDRESS }, "models/m/train.csv"],
    ["the same address", { "README.md": "" }, { train: ADDRESS, test: ADDRESS }, ADDRESS],
  ])("are no test where training reads them: %s", async (_, files, data, train) => {
    const fetch = async () => new Response(TRAIN);
    const lock = { slipway: 1 as const, files: [{ uri: ADDRESS, sha256: sha256(TRAIN), size: TRAIN.length }] };
    const { spec, ...prepared } = await prepare(
      files as Files,
      { ...data, label: "y" },
      {},
      { lock, access: { env: {}, fetch } },
    );
    expect(() => refuseInvalidData(prepared, { spec, path: "models/m/model.yaml" })).toThrow(
      expect.objectContaining({
        code: "DATA_INVALID",
        problems: [expect.objectContaining({ found: `the same bytes in ${train}` })],
      }),
    );
  });

  it("are the same rows in a source that is split", async () => {
    const rows = "y,t\na,2024-01-01\nb,2024-02-01\n";
    const data = { source: "*.csv", split: { time: "t", test: "7d" }, label: "y" };
    expect(await refusal(prepare({ "a.csv": rows, "b.csv": rows }, data))).toMatchObject({ code: "DATA_INVALID" });
  });

  it("may be files without rows", async () => {
    const header = "y,x\n";
    const files = { "train.csv": TRAIN, "1.csv": header, "2.csv": header, "3.csv": TEST };
    const { test } = await prepare(files, { train: "train.csv", test: ["1.csv", "2.csv", "3.csv"], label: "y" });
    expect(test.rows).toBe(2);
  });
});
