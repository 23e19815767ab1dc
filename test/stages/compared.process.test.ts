import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { soundProject } from "../../core/acts/project.ts";
import { runOne } from "../../core/acts/run.ts";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import type { BundleAt } from "../../core/stages/bundle.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { SPEC, tinyRows } from "../e2e/tiny-model.ts";
import { runByStages } from "./by-stages.ts";
import { arrangeModels, OWN_METRIC } from "./models.ts";

type Models = Awaited<ReturnType<typeof arrangeModels>>;

/** One process, as `slipway run` does it. */
async function runHere({ ports, repository }: Models, commit: string): Promise<RunResult> {
  const tree = await openWorkTree(repository.folder);
  const project = await soundProject(tree, ["tiny"]);
  const model = project.models.get("tiny") as LoadedModel;
  return (await runOne(ports, { project, model, tree, source: { commit, dirty: false }, binding: false })).run;
}

const steps = ({ steps }: RunResult) => steps.map(({ step }) => step);

it("compares with Production's kept predictions, and writes a report with charts", async () => {
  const models = await arrangeModels();
  await models.ship();
  await models.spec({ train: { ...SPEC.train, params: { threshold: 45 } } });
  const commit = await models.repository.commit("threshold 45");
  const { run, read } = await runByStages(models.ports, models.root, {
    ...{ model: "tiny", commit, tip: models.commit, origin: "fork" },
  });
  expect(run.problem).toBeUndefined();
  expect(run.evaluation?.comparisons[0]).toMatchObject({ stage: "production", predictions: "kept" });
  expect([...new Set(steps(run))]).toEqual(["validate", "setup", "train", "predict", "score", "report"]);
  expect(read("report.md")).toContain("accuracy");
  expect(read("charts/comparison.svg")).toMatch(/^<svg/);
});

/** Production, with a metric of one's own, and a commit whose test rows are others. */
async function otherRows() {
  const metrics = { ...SPEC.metrics, right: { run: "node right.mjs", "greater-is-better": true } };
  const models = await arrangeModels({ spec: { metrics }, files: { "models/tiny/right.mjs": OWN_METRIC } });
  await models.ship();
  await models.spec({ metrics, train: { ...SPEC.train, params: { threshold: 45 } } });
  await models.repository.write({ "models/tiny/data/test.csv": tinyRows("n", 80) });
  return { models, commit: await models.repository.commit("other test rows") };
}

it("has Production predict other test rows with its own code, before the training, and scores that with one's own metrics", async () => {
  const { models, commit } = await otherRows();
  const run = await runHere(models, commit);
  expect(run.problem).toBeUndefined();
  expect(steps(run)).toEqual(["validate", "baseline", "setup", "train", "predict", "own-metrics", "score"]);
  expect(run.evaluation?.comparisons).toMatchObject([
    { predictions: "recomputed", version: 1, metrics: { right: { baseline: 0.8 } } },
  ]);
});

it("scores with one's own metrics though the baseline failed, and says in the comparison that it did", async () => {
  const { models, commit } = await otherRows();
  const fail = (stage: string, at: BundleAt) => {
    if (stage !== "baseline") return;
    const path = join(at.folder, "record.json");
    const { made: _, ...record } = JSON.parse(readFileSync(path, "utf8"));
    const text = canonicalJson({ ...record, outcome: "failed", problem: { code: "INTERRUPTED", message: "cut off" } });
    writeFileSync(path, text);
    at.sha256 = sha256(text);
  };
  const about = { model: "tiny", commit, tip: models.commit, origin: "same-repository", between: fail } as const;
  const { run } = await runByStages(models.ports, models.root, about);
  expect(run.problem).toBeUndefined();
  expect(run.evaluation?.metrics).toHaveProperty("right");
  expect(run.evaluation?.comparisons).toMatchObject([{ version: 1, predictions: "unavailable" }]);
});
