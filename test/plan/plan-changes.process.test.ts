import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GitObjects, openObjects } from "../../core/git/objects.ts";
import { planChanges } from "../../core/plan/plan-changes.ts";
import { changedPaths } from "../../core/source/changes.ts";
import { openCommit } from "../../core/source/commit.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { Plan } from "../../schemas/plan.ts";
import { type Content, makeRepository, type TestRepository } from "../helpers/repository.ts";
import { rules, specWith, withData } from "../spec/builders.ts";

let repository: TestRepository;
let objects: GitObjects;
let base: string;

const model = (name: string, ...lines: string[]): Record<string, string> => ({
  [`models/${name}/model.yaml`]: specWith(...lines),
  [`models/${name}/train.csv`]: "a,b\n1,2\n",
  [`models/${name}/test.csv`]: "a,b\n3,4\n",
  [`models/${name}/train.mjs`]: "train",
});

beforeEach(async () => {
  repository = await makeRepository({
    ...model("a", "environment: { lock: [package-lock.json], setup: npm ci }"),
    "models/a/package-lock.json": "{}",
    ...model("b", "code: [., ../../lib]", "train: { run: node train.mjs, params: { share: 1.0, trees: 5 } }"),
    ...model("c"),
    "lib/shared.mjs": "shared",
    "docs/readme.md": "undeclared",
    "slipway.yaml": "slipway: 1\nmetrics: { accuracy: { metric: accuracy_score } }\n",
  });
  base = await repository.commit();
  objects = await openObjects(repository.folder);
});
afterEach(async () => {
  await objects.close();
  await repository.end();
});

const runtime = async () => ({ platform: "linux", arch: "x64", programs: { node: "v20" } });

async function planTo(head: string): Promise<Plan> {
  return planChanges({
    base: openCommit(objects, base),
    head: openCommit(objects, head),
    changedPaths: () => changedPaths(repository.folder, base, head),
    runtime,
    rules,
  });
}

/** Plans a change: what is written, and what goes. */
async function planOf(files: Record<string, Content>, gone: string[] = []): Promise<Plan> {
  await repository.write(files);
  for (const path of gone) await repository.remove(path);
  return planTo(await repository.commit());
}

const ALL = ["validate", "train", "predict", "score"];
const brief = (plan: Plan) => plan.models.map(({ model, reasons, steps }) => ({ model, reasons, steps }));

describe("planChanges", () => {
  it("takes every model for new where there is no base", async () => {
    const plan = await planChanges({ head: openCommit(objects, base), changedPaths: async () => [], runtime, rules });
    expect(plan.models.map(({ model, reasons, steps }) => [model, reasons[0]?.kind, steps])).toEqual([
      ["a", "new", ALL],
      ["b", "new", ALL],
      ["c", "new", ALL],
    ]);
    expect(plan).toMatchObject({ head: base, unchanged: 0 });
  });

  it("leaves no key out, however many change beside it", async () => {
    const columns = Array.from({ length: 80 }, (_, at) => `c${at}: { type: double, min: ${at} }`).join(", ");
    const spec = specWith("predict: { run: node other.mjs }", "slices: [island, sex]").replace(
      "  label: species",
      `  label: species\n  columns: { ${columns} }`,
    );
    const plan = await planOf({ "models/c/model.yaml": spec });
    expect(plan.models[0]?.reasons).toContainEqual({
      kind: "spec",
      paths: expect.arrayContaining(["data.columns", "predict.run", "slices"]),
    });
  });

  it.each<[string, Record<string, Content>, object[]]>([
    ["nothing, where nothing changed", {}, []],
    ["nothing, where an undeclared file changed", { "docs/readme.md": "other" }, []],
    [
      "nothing, where only words changed",
      {
        "models/c/model.yaml": specWith(
          "description: new words",
          "owner: me",
          "train: { run: node train.mjs, timeout: 5m, runs-on: gpu }",
        ),
      },
      [],
    ],
    [
      "nothing, where only settings of what answers changed",
      { "models/c/model.yaml": specWith("serve: { workers: 2, timeout: 5s }") },
      [],
    ],
    [
      "training, where another program is to answer",
      { "models/c/model.yaml": specWith("serve: { run: node serve.mjs, workers: 2 }") },
      [{ model: "c", reasons: [{ kind: "spec", paths: ["serve.run"] }], steps: ALL }],
    ],
    [
      "training, where a parameter changed",
      { "models/c/model.yaml": specWith("train: { run: node train.mjs, params: { trees: 9 } }") },
      [{ model: "c", reasons: [{ kind: "spec", paths: ["train.params.trees"] }], steps: ALL }],
    ],
    [
      "training, where a number is written as another kind",
      {
        "models/b/model.yaml": specWith(
          "code: [., ../../lib]",
          "train: { run: node train.mjs, params: { share: 1, trees: 5 } }",
        ),
      },
      [{ model: "b", reasons: [{ kind: "spec", paths: ["train.params.share"] }], steps: ALL }],
    ],
    [
      "no training, where a default is written out",
      { "models/c/model.yaml": specWith("train: { run: node train.mjs, seed: 0, params: {} }") },
      [
        {
          model: "c",
          reasons: [{ kind: "spec", paths: ["train.params", "train.seed"] }],
          steps: ["validate", "predict", "score"],
        },
      ],
    ],
    [
      "training, where code changed",
      { "models/c/train.mjs": "other" },
      [{ model: "c", reasons: [{ kind: "code", paths: ["models/c/train.mjs"] }], steps: ALL }],
    ],
    [
      "training, where shared code changed",
      { "lib/shared.mjs": "other" },
      [{ model: "b", reasons: [{ kind: "code", paths: ["lib/shared.mjs"] }], steps: ALL }],
    ],
    [
      "training, where data changed",
      { "models/c/test.csv": "a,b\n5,6\n" },
      [{ model: "c", reasons: [{ kind: "data", paths: ["models/c/test.csv"] }], steps: ALL }],
    ],
    [
      "training, where the environment's lock changed",
      { "models/a/package-lock.json": "{ }" },
      [
        {
          model: "a",
          reasons: [{ kind: "environment", paths: ["models/a/package-lock.json"] }],
          steps: ALL,
        },
      ],
    ],
    [
      "no training, where a gate changed",
      { "models/c/model.yaml": specWith("gates: { register: [{ metric: accuracy, at-least: 0.5 }] }") },
      [{ model: "c", reasons: [{ kind: "spec", paths: ["gates.register"] }], steps: ["validate", "predict", "score"] }],
    ],
    [
      "no training, where the platform's floor for the model changed",
      {
        "slipway.yaml":
          "slipway: 1\nmetrics: { accuracy: { metric: accuracy_score } }\noverrides: { c: { gates: { register: [{ metric: accuracy, at-least: 0.1 }] } } }\n",
      },
      [{ model: "c", reasons: [{ kind: "policy", paths: ["slipway.yaml"] }], steps: ["validate", "predict", "score"] }],
    ],
  ])("plans %s", async (_, files, expected) => {
    const plan = await planOf(files);
    expect(brief(plan)).toEqual(expected);
    expect(plan.unchanged).toBe(3 - expected.length);
  });

  it("plans a new model, and names a removed one", async () => {
    const plan = await planOf(model("d"), ["models/c"]);
    expect(brief(plan)).toEqual([
      { model: "c", reasons: [{ kind: "removed", paths: ["models/c/model.yaml"] }], steps: [] },
      { model: "d", reasons: [{ kind: "new", paths: ["models/d/model.yaml"] }], steps: ALL },
    ]);
    expect(plan.unchanged).toBe(2);
  });

  it("sees what changes in another model's folder, where a spec reaches into it", async () => {
    await repository.write({ "models/b/model.yaml": specWith("code: [., ../c/train.mjs]") });
    base = await repository.commit();
    expect((await planOf({ "models/c/train.mjs": "other" })).models.map(({ model }) => model)).toEqual(["b", "c"]);
  });

  it("plans the same for a file brought back", async () => {
    await planOf({ "models/c/train.mjs": "other" });
    expect((await planOf({ "models/c/train.mjs": "train" })).models).toEqual([]);
  });

  it("says why a model cannot run, and plans the others", async () => {
    const plan = await planOf({ "models/a/model.yaml": specWith("task: x"), "models/b/train.mjs": "other" }, [
      "models/c/train.csv",
    ]);
    expect(plan.models.map(({ model, steps, problem }) => [model, steps, problem?.code, problem?.line])).toEqual([
      ["a", [], "SPEC_INVALID", 11],
      ["b", ALL, undefined, undefined],
      ["c", [], "DATA_MISSING", 4],
    ]);
  });

  it("plans a work tree against a commit, with files that are not committed yet", async () => {
    await repository.write({ ...model("d"), "models/c/train.mjs": "other" });
    const head = await openWorkTree(repository.folder);
    const plan = await planChanges({
      base: openCommit(objects, base),
      head,
      changedPaths: () => changedPaths(head.root, base),
      runtime,
      rules,
    });
    expect(plan.models.map(({ model }) => model)).toEqual(["c", "d"]);
    expect(plan.head).toBeUndefined();
  });

  it("gives the fingerprint that a clean commit of the same files has", async () => {
    await repository.write({ "models/c/train.mjs": "other" });
    const head = await openWorkTree(repository.folder);
    const request = {
      base: openCommit(objects, base),
      changedPaths: () => changedPaths(head.root, base),
      runtime,
      rules,
    };
    const before = await planChanges({ ...request, head });
    const after = await planTo(await repository.commit());
    expect(before.models[0]?.fingerprint).toBe(after.models[0]?.fingerprint);
  });

  it("refuses a policy that cannot be read", async () => {
    await expect(planOf({ "slipway.yaml": "slipway: 9\n" })).rejects.toMatchObject({ code: "POLICY_INVALID" });
  });
});

it("names a model as changed where a file that its rows may name changed, outside of its folder", async () => {
  const columns =
    "{ train: ../../rows/train.csv, test: ../../rows/test.csv, label: b, columns: { a: { type: file } } }";
  await repository.write({
    "models/c/model.yaml": withData(columns),
    "rows/train.csv": "a,b\nscans/1.png,2\n",
    "rows/test.csv": "a,b\nscans/1.png,4\n",
    "rows/scans/1.png": "before",
  });
  base = await repository.commit();
  expect(brief(await planOf({ "rows/scans/1.png": "after" }))).toEqual([
    { model: "c", reasons: [{ kind: "data", paths: ["rows/scans/1.png"] }], steps: ALL },
  ]);
});
