import { expect, it } from "vitest";
import { soundProject } from "../../core/acts/project.ts";
import { runOne } from "../../core/acts/run.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
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

it("has Production predict other test rows with its own code, before the training, and scores that with one's own metrics", async () => {
  const metrics = { ...SPEC.metrics, right: { run: "node right.mjs", "greater-is-better": true } };
  const models = await arrangeModels({ spec: { metrics }, files: { "models/tiny/right.mjs": OWN_METRIC } });
  await models.ship();
  await models.spec({ metrics, train: { ...SPEC.train, params: { threshold: 45 } } });
  await models.repository.write({ "models/tiny/data/test.csv": tinyRows("n", 80) });
  const commit = await models.repository.commit("other test rows");
  const run = await runHere(models, commit);
  expect(run.problem).toBeUndefined();
  expect(steps(run)).toEqual(["validate", "baseline", "setup", "train", "predict", "own-metrics", "score"]);
  expect(run.evaluation?.comparisons).toMatchObject([
    { predictions: "recomputed", version: 1, metrics: { right: { baseline: 0.8 } } },
  ]);
});
