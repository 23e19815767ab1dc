import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerModel } from "../../core/acts/register.ts";
import { versionErrors } from "../../core/acts/version-errors.ts";
import { LABELS, labelsApart, SALT } from "../e2e/labels-apart.ts";
import { SERVE, SPEC } from "../e2e/tiny-model.ts";
import { temporaryFolder } from "../runtime/temporary.ts";
import { runByStages } from "./by-stages.ts";
import { ADA, arrangeModels } from "./models.ts";

const VERSUS_PRODUCTION = { metric: "accuracy", versus: "production", "max-regression": 0.05 };

async function arrange(about: { labels?: string; serve?: string; policy?: Record<string, unknown> } = {}) {
  const { labels = LABELS } = about;
  const file = join(temporaryFolder(), "labels.csv");
  writeFileSync(file, labels);
  const { data, files } = labelsApart(pathToFileURL(file).href, labels);
  const models = await arrangeModels({
    spec: {
      ...{ data, metrics: { ...SPEC.metrics, confusion: { metric: "confusion_matrix" } } },
      ...(about.serve === undefined ? {} : { serve: { run: "node serve.mjs" } }),
    },
    policy: about.policy ?? {},
    files: { ...files, ...(about.serve === undefined ? {} : { "models/tiny/serve.mjs": about.serve }) },
  });
  const run = { commit: models.commit, tip: models.commit, model: "tiny" };
  return { ...models, file, binding: { ...run, origin: "default-branch" as const } };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

describe("a model whose labels stand apart", () => {
  it("is scored with them, by the jobs of a run", async () => {
    const { ports, root, binding } = await arrange();
    const { run } = await runByStages(ports, root, binding);
    expect(run.problem).toBeUndefined();
    expect(run.evaluation).toMatchObject({ labels: "withheld", values: "steps", test: { rows: 100 } });
    expect(run.evaluation?.labels_reason).toContain("as the same user");
    expect(run.evaluation?.metrics["accuracy"]?.value).toBeCloseTo(0.8, 1);
  });

  it("hands no byte of the labels to a stage with user code", async () => {
    const { ports, root, binding, file } = await arrange();
    const opened: string[] = [];
    const { bundles, run } = await runByStages(ports, root, {
      ...binding,
      between: (stage, at) => {
        for (const path of filesBelow(at.folder))
          if (readFileSync(path).includes(SALT)) opened.push(`${stage} ${path}`);
        // Gone until the stage that scores: no other one may need them.
        writeFileSync(file, stage === "predict" ? LABELS : "gone");
      },
    });
    expect(Object.keys(bundles)).toContain("predict");
    expect(run.outcome).toBe("succeeded");
    expect(opened).toEqual([]);
  });

  it("fails in score without a value or a row where a label breaks its rule, by row where it is missing or doubled", async () => {
    const labels = LABELS.replace("t3,low", "t3,middling").replace("t99,high", "t98,high");
    const { ports, root, binding } = await arrange({ labels });
    const { run, ended } = await runByStages(ports, root, binding);
    expect(ended.validate?.record.outcome).toBe("succeeded");
    expect(run.problem).toMatchObject({ code: "DATA_INVALID", file: "models/tiny/model.yaml" });
    expect(run.problem?.found).toMatch(/one-of: .*, found 1 of 100 rows \(1 %\)$/m);
    expect(run.problem?.found).toMatch(/labels.id: id: .*repeat/);
    expect(run.problem?.found).toMatch(/in rows t99/);
    expect(JSON.stringify(run)).not.toContain("middling");
  });

  it("has its serving program held against the predict program, by the job that scores", async () => {
    const { ports, root, binding, file } = await arrange({ serve: SERVE });
    const { run } = await runByStages(ports, root, {
      ...binding,
      between: (stage) => writeFileSync(file, stage === "predict" ? LABELS : "gone"),
    });
    expect(run.problem).toBeUndefined();
    expect(run.served_predictions).toBeDefined();
  });

  it("fails by rows' ids where the serving program answers otherwise, and shows no value of theirs", async () => {
    const other = '(x === 31 ? "never-seen" : x < threshold ? "low" : "high")';
    const serve = SERVE.replace('(x < threshold ? "low" : "high")', other);
    expect(serve).not.toBe(SERVE);
    const { ports, root, binding } = await arrange({ serve });
    const { run } = await runByStages(ports, root, binding);
    expect(run.problem).toMatchObject({ code: "SERVED_DIFFERS", found: "other answers to t31" });
    expect(run.evaluation).toBeUndefined();
    const told = filesBelow(join(root))
      .filter((path) => /report|result/.test(path))
      .map((path) => readFileSync(path, "utf8"));
    for (const text of [JSON.stringify(run), ...told]) expect(text).not.toMatch(/never-seen|ba5eba11/);
  });

  it("has nothing shown by row: no chart of rows, no matrix, and no list of wrong rows", async () => {
    const { ports } = await arrange();
    const registered = await registerModel(ports, { model: "tiny", requestedBy: ADA });
    if (registered.outcome !== "registered") throw new Error(JSON.stringify(registered));
    const { evaluation } = registered.manifest;
    expect(evaluation.metrics["confusion"]?.matrix).toBeUndefined();
    const drawn = filesBelow(join(ports.workspace.state, "runs")).filter((path) => path.endsWith(".svg"));
    expect(drawn.map((path) => path.split("/").at(-1))).toEqual([]);
    const refused = versionErrors(ports, { model: "tiny", version: 1 } as never);
    await expect(refused).rejects.toMatchObject({
      code: "UNSUPPORTED",
      problems: [{ expected: expect.stringContaining("data.labels") }],
    });
  });

  it("compares with the live version's kept predictions, by the labels as they are", async () => {
    const { ports, root, binding, ship } = await arrange();
    const live = await ship();
    const { run, bundles } = await runByStages(ports, root, binding);
    expect(bundles.baseline).toBeUndefined();
    expect(run.evaluation?.comparisons).toMatchObject([
      { stage: "production", version: live.version, predictions: "kept" },
    ]);
  });

  it("shows a version's values where it is compared with a stage as its own run showed them", async () => {
    // A gate of another stage than the one that asks for the comparison: its threshold moves the step that is shown.
    const gates = { staging: [{ metric: "accuracy", "at-least": 0.805 }], production: [VERSUS_PRODUCTION] };
    const { ports, repository, spec } = await arrange();
    const versions = [];
    for (const description of ["one", "two"]) {
      await spec({ gates, description });
      await repository.commit(description);
      const registered = await registerModel(ports, { model: "tiny", requestedBy: ADA });
      if (registered.outcome !== "registered") throw new Error(JSON.stringify(registered));
      versions.push(registered.manifest);
    }
    const promote = (version: number) =>
      promoteVersion(ports, { model: "tiny", version, stage: "production", requestedBy: ADA });
    await promote(1);
    const second = await promote(2);
    const shown = versions[1]?.evaluation.metrics["accuracy"]?.value;
    expect(second).toMatchObject({
      decision: { comparisons: [{ version: 1, metrics: { accuracy: { candidate: shown } } }] },
    });
  });

  it("is unscored outside the default branch where its labels are sealed, and says what whoever scores it takes", async () => {
    const { ports, root, binding } = await arrange();
    const { run, bundles } = await runByStages(ports, root, { ...binding, origin: "same-repository", unscored: true });
    expect(run).toMatchObject({ outcome: "succeeded", unscored: "sealed", gates: {} });
    expect(run.evaluation).toBeUndefined();
    expect(run.handed).toEqual({
      validate: bundles.validate?.sha256,
      train: bundles.train?.sha256,
      predict: bundles.predict?.sha256,
    });
  });

  it("fails, and is not unscored, where a stage before failed", async () => {
    const { ports, root, binding, repository, spec } = await arrange();
    await spec({ train: { ...SPEC.train, run: "exit 3" } });
    const commit = await repository.commit("a training that fails");
    const at = { ...binding, commit, tip: commit, origin: "same-repository" as const, unscored: true };
    const { run } = await runByStages(ports, root, at);
    expect(run).toMatchObject({
      outcome: "failed",
      problem: { code: expect.stringMatching(/COMMAND_FAILED|USER_CODE/) },
    });
    expect(run.unscored).toBeUndefined();
  });
});
