import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { trainedPath } from "../../core/acts/find-reusable.ts";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import { fingerprintOf } from "../../core/plan/fingerprint.ts";
import type { BundleAt } from "../../core/stages/bundle.ts";
import { openInputs } from "../../core/stages/packed-inputs.ts";
import type { StageRecordOf } from "../../schemas/stage-record.ts";
import type { TrainedArtifact } from "../../schemas/trained-artifact.ts";
import { runByStages } from "./by-stages.ts";
import { ADA, arrangeModels } from "./models.ts";

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

it("brings no predictions that say to be larger than anybody's", async () => {
  const { run: result } = await run(
    forge("predict", ({ made }) => {
      // Of bytes that are not there: they are not asked for.
      if (made) made.predictions = { ...made.predictions, sha256: "f".repeat(64), size: 10 * 1024 ** 3 };
    }),
  );
  expect(result.problem).toMatchObject({ code: "OUTPUT_TOO_LARGE", expected: "at most 257 MiB", found: "10240 MiB" });
});

it.each([
  ["another run's", { artifact_run: "1-1-tiny" }],
  ["the code", { artifact_from: "code" }],
  ["imported", { artifact_from: "imported" }],
])("refuses an artifact that was trained and that its job says to be %s", async (_, said) => {
  const { run: result } = await run(
    forge("train", (record) => {
      Object.assign(record.made ?? {}, said);
    }),
  );
  expect(result).toMatchObject({ outcome: "failed", problem: { code: "HANDOVER_CORRUPT" } });
});

it.each([
  [
    "of another fingerprint, whose run validate had found",
    { run: "1-1-tiny", of: "another machine" },
    "HANDOVER_CORRUPT",
  ],
  [
    "of this fingerprint and another run than validate had found",
    { run: "2-1-tiny", of: "this machine" },
    "HANDOVER_CORRUPT",
  ],
  ["as validate had found it", { run: "1-1-tiny", of: "this machine" }, undefined],
])("takes or refuses an artifact that a job says to have taken %s", async (_, { run: named, of }, code) => {
  const { ports, root, commit } = await arrangeModels({ policy: { register: { artifact: "reuse" } } });
  const about = { model: "tiny", commit, tip: commit, origin: "default-branch" } as const;
  const { run: first, ended } = await runByStages(ports, root, about);
  const { record, store } = ended.validate ?? {};
  const packed = record?.packed?.fingerprint_inputs;
  if (!first.artifact || !packed || !store) throw new Error(JSON.stringify(first.problem));
  const inputs = await openInputs(packed, store, root);
  const { runtime: here } = first.environment;
  const runtime = of === "this machine" ? here : { ...here, arch: "another" };
  const trained: TrainedArtifact = {
    ...{ slipway: 1, model: "tiny", fingerprint: fingerprintOf(inputs, runtime), runtime, artifact: first.artifact },
    ...{ run: "1-1-tiny", commit, pull_request: 1, recorded_at: first.started_at },
  };
  await openExperiments(ports.objects, undefined).write({
    files: { [trainedPath("tiny", trained.fingerprint)]: canonicalJson(trained) },
    ...{ subject: "trained", author: ADA, at: new Date() },
  });
  const { run: result } = await runByStages(ports, root, {
    ...about,
    between: forge("train", ({ made }) => {
      Object.assign(made ?? {}, { artifact_from: "reused", artifact_run: named });
    }),
  });
  expect(result.problem?.code).toBe(code);
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
