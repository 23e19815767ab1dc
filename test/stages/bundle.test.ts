import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { bundleStore, openBundle, sealBundle } from "../../core/stages/bundle.ts";
import type { StageRecordOf } from "../../schemas/stage-record.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

const RECORD: StageRecordOf<"predict"> = {
  ...{ slipway: 1, stage: "predict", model: "m", run: "7-1-m", outcome: "failed", inputs: {}, steps: [], logs: {} },
  ...{ started_at: "2026-01-31T09:00:00.000Z", seconds: 1 },
};

async function sealed(record = RECORD) {
  const folder = join(temporaryFolder({ "rows.csv": "slipway_id,prediction\n1,a\n" }), "out");
  mkdirSync(folder);
  const predictions = await bundleStore(folder, "actions:7/x").putFile(join(folder, "../rows.csv"));
  const digest = await sealBundle(folder, { ...record, made: { predictions, seconds: 1 } });
  return { folder, sha256: digest, predictions };
}

it("opens what was sealed: the record, and its files by their digests", async () => {
  const { folder, sha256: digest, predictions } = await sealed();
  expect(predictions.uri).toMatch(/^actions:7\/x\/sha256\//);
  const { record, store } = await openBundle("predict", "m", { folder, sha256: digest });
  expect(record).toMatchObject({ run: "7-1-m", made: { predictions } });
  await store.getFile(predictions, join(folder, "../back.csv"));
  expect(readFileSync(join(folder, "../back.csv"), "utf8")).toMatch(/^slipway_id/);
});

it("seals the same record to the same digest", async () => {
  expect((await sealed()).sha256).toBe((await sealed()).sha256);
});

it.each<[string, (folder: string) => void]>([
  ["whose record has another digest", (folder) => writeFileSync(join(folder, "record.json"), "{}")],
  ["without a record", (folder) => rmSync(join(folder, "record.json"))],
  ["that links out of its folder", (folder) => symlinkSync("/etc/passwd", join(folder, "store/passwd"))],
  [
    "whose record is a folder",
    (folder) => {
      rmSync(join(folder, "record.json"));
      mkdirSync(join(folder, "record.json"));
    },
  ],
])("refuses a bundle %s", async (_, tamper) => {
  const { folder, sha256: digest } = await sealed();
  tamper(folder);
  await expect(openBundle("predict", "m", { folder, sha256: digest })).rejects.toMatchObject({
    code: expect.stringMatching(/^(HANDOVER_CORRUPT|SYMLINK_REFUSED)$/),
  });
});

it("refuses the record of another stage or model, attested or not", async () => {
  const { folder, sha256: digest } = await sealed();
  for (const [stage, model] of [
    ["train", "m"],
    ["predict", "n"],
  ] as const)
    await expect(openBundle(stage, model, { folder, sha256: digest })).rejects.toMatchObject({
      code: "HANDOVER_CORRUPT",
    });
});

it.each([
  ["no stage's", { slipway: 1 }],
  ["of a later format", { ...RECORD, slipway: 2 }],
  ["not JSON", undefined],
])("refuses a attested record that is %s", async (_, record) => {
  const folder = temporaryFolder();
  const text = record === undefined ? "no" : canonicalJson(record);
  writeFileSync(join(folder, "record.json"), text);
  await expect(openBundle("predict", "m", { folder, sha256: sha256(text) })).rejects.toMatchObject({
    code: "HANDOVER_CORRUPT",
  });
});

it("refuses a folder that never came", async () => {
  const folder = join(temporaryFolder(), "none");
  await expect(openBundle("predict", "m", { folder, sha256: sha256("") })).rejects.toMatchObject({
    code: "HANDOVER_CORRUPT",
  });
});
