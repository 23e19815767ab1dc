import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import type { BundleAt } from "../../core/stages/bundle.ts";
import type { StageRecordOf } from "../../schemas/stage-record.ts";
import { runByStages } from "./by-stages.ts";
import { arrangeModels } from "./models.ts";

/** User code that has its stage's record say what it likes: digest and all, as it can in its own job. */
function forge<Stage extends "train" | "predict">(stage: Stage, change: (record: StageRecordOf<Stage>) => void) {
  return (at: string, bundle: BundleAt) => {
    if (at !== stage) return;
    const path = join(bundle.folder, "record.json");
    const record = JSON.parse(readFileSync(path, "utf8"));
    change(record);
    const text = canonicalJson(record);
    writeFileSync(path, text);
    bundle.sha256 = sha256(text);
  };
}

async function run(between: ReturnType<typeof forge>) {
  const { ports, root, commit } = await arrangeModels();
  return runByStages(ports, root, { model: "tiny", commit, tip: commit, origin: "default-branch", between });
}

it("makes the fingerprint from the commit, whatever a job with user code says of it", async () => {
  let honest: string | undefined;
  const { run: result } = await run(
    forge("train", (record) => {
      honest = record.fingerprint;
      record.fingerprint = "f".repeat(64);
    }),
  );
  expect(result).toMatchObject({ outcome: "succeeded", fingerprint: honest });
});

it("refuses an artifact that a job with user code says to have taken from an earlier run", async () => {
  const { run: result } = await run(
    forge("train", (record) => {
      Object.assign(record.made ?? {}, { artifact_from: "reused", artifact_run: "1-1-tiny" });
    }),
  );
  expect(result).toMatchObject({ outcome: "failed", problem: { code: "HANDOVER_CORRUPT" } });
});

it("refuses a record of another run", async () => {
  const { run: result } = await run(
    forge("predict", (record) => {
      record.run = "76-1-tiny";
    }),
  );
  expect(result).toMatchObject({ outcome: "failed", problem: { code: "HANDOVER_CORRUPT" } });
});

it("takes a success that holds nothing for what it is", async () => {
  const { run: result } = await run(
    forge("predict", (record) => {
      delete record.made;
    }),
  );
  expect(result).toMatchObject({ outcome: "failed", problem: { code: "HANDOVER_CORRUPT" } });
});

it("joins predictions to the commit's own rows, so that those of other rows are refused", async () => {
  const { ports, root, commit, repository } = await arrangeModels();
  const predict = readFileSync(join(repository.folder, "models/tiny/predict.mjs"), "utf8");
  await repository.write({ "models/tiny/predict.mjs": predict.replace('row[0] + ","', '"other" + row[0] + ","') });
  const head = await repository.commit("other rows");
  const about = { model: "tiny", commit: head, tip: commit, origin: "same-repository" } as const;
  const { run: result, ended } = await runByStages(ports, root, about);
  expect(ended.predict?.record.outcome).toBe("succeeded");
  expect(result).toMatchObject({ outcome: "failed", problem: { code: "PREDICTIONS_INVALID" } });
});
