import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { soundProject } from "../../core/acts/project.ts";
import { runOne } from "../../core/acts/run.ts";
import { canonicalJson } from "../../core/canonical.ts";
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
  const source = { commit, dirty: false };
  return (await runOne(ports, { project, model, tree, source, binding: false })).run;
}

/** All of a result but where, when and how fast it was made. */
function comparable({ evaluation, ...run }: RunResult) {
  const { artifact_mb, ...metrics } = evaluation?.metrics ?? {};
  const { model, spec, outcome, problem, fingerprint, violations, signature, params, seed, environment, gates } = run;
  return {
    ...{ model, spec, outcome, problem, fingerprint, violations, signature, params, seed, environment, gates },
    data: { train: run.data?.train, test: run.data?.test, profile: run.data?.profile?.sha256 },
    bytes: [run.artifact?.sha256, run.predictions?.sha256],
    evaluation: { ...evaluation, metrics, artifact_mb, evaluated_at: undefined, seconds: undefined },
  };
}

const steps = ({ steps }: RunResult) => [...new Set(steps.map(({ step }) => step))];

it("comes to the same evaluation stage by stage as in one process, compared with kept predictions", async () => {
  const models = await arrangeModels();
  await models.ship();
  await models.spec({ train: { ...SPEC.train, params: { threshold: 45 } } });
  const commit = await models.repository.commit("threshold 45");
  const here = await runHere(models, commit);
  const { run, read } = await runByStages(models.ports, models.root, {
    ...{ model: "tiny", commit, tip: models.commit, origin: "fork" },
  });
  expect(run.problem).toBeUndefined();
  expect(here.evaluation?.comparisons[0]).toMatchObject({ stage: "production", predictions: "kept" });
  expect(canonicalJson(comparable(run))).toBe(canonicalJson(comparable(here)));
  expect(steps(run)).toEqual(["validate", "setup", "train", "predict", "score", "report"]);
  const report = await readFile(join(models.repository.folder, ".slipway/runs", here.run, "report.md"), "utf8");
  const numbers = (text: string) => text.split("\n").filter((line) => /accuracy|\.svg/.test(line));
  expect(numbers(read("report.md"))).toEqual(numbers(report));
  expect(read("charts/comparison.svg")).toMatch(/^<svg/);
});

it("comes to the same where the baseline has to predict again, with metrics of one's own", async () => {
  const metrics = { ...SPEC.metrics, right: { run: "node right.mjs", "greater-is-better": true } };
  const models = await arrangeModels({ spec: { metrics }, files: { "models/tiny/right.mjs": OWN_METRIC } });
  await models.ship();
  await models.spec({ metrics, train: { ...SPEC.train, params: { threshold: 45 } } });
  await models.repository.write({ "models/tiny/data/test.csv": tinyRows("n", 80) });
  const commit = await models.repository.commit("other test rows");
  const here = await runHere(models, commit);
  const { run } = await runByStages(models.ports, models.root, {
    ...{ model: "tiny", commit, tip: models.commit, origin: "same-repository" },
  });
  expect(run.problem).toBeUndefined();
  const [comparison] = here.evaluation?.comparisons ?? [];
  expect(comparison).toMatchObject({ predictions: "recomputed", version: 1, metrics: { right: { baseline: 0.8 } } });
  expect(canonicalJson(comparable(run))).toBe(canonicalJson(comparable(here)));
});
