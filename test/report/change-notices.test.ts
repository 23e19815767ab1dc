import { describe, expect, it } from "vitest";
import { changeNotices, repositoryNotices } from "../../core/report/change-notices.ts";
import { ModelSpec } from "../../schemas/model-spec.ts";
import type { ChangeReason } from "../../schemas/plan.ts";

const told = (...reasons: ChangeReason[]) =>
  changeNotices({ model: "penguins", spec: "models/penguins/model.yaml", reasons, steps: [] });
const ofSpec = (...paths: string[]) => told({ kind: "spec", paths });

describe("what a change touches of a model", () => {
  it.each([
    "task",
    "code",
    "data.label.positive",
    "data.label",
    "data.group",
    "data.id",
    "data.null-values",
    "data.columns.bill",
    "data.columns.bill.min",
    "data.rows.min",
    "data.test",
    "data.train",
    "data.split.test",
    "predict.run",
    "predict",
    "train.run",
    "train",
    "a-key-that-is-yet-to-come",
  ])("is announced: %s", (key) => {
    expect(ofSpec(key)).toEqual([`Changes the spec of penguins: ${key}.`]);
  });

  it("is said for what it is: gates, floors, measuring, data, environment, code, a removal", () => {
    expect(
      told(
        { kind: "code", paths: ["models/penguins/predict.mjs"] },
        { kind: "environment", paths: ["environment.setup"] },
        { kind: "data", paths: ["models/penguins/test.csv"] },
        { kind: "policy", paths: ["slipway.yaml"] },
        { kind: "spec", paths: ["gates.production", "metrics.accuracy.normalize", "slices"] },
      ),
    ).toEqual([
      "Changes the gates of penguins.",
      "Changes the floors of penguins.",
      "Changes how penguins is measured: metrics.accuracy.normalize, slices.",
      "Changes data of penguins: models/penguins/test.csv.",
      "Changes the environment of penguins: environment.setup.",
      "Changes code of penguins: models/penguins/predict.mjs.",
    ]);
    expect(told({ kind: "removed", paths: ["models/penguins/model.yaml"] })).toEqual(["Removes the model penguins."]);
  });

  it("is left unsaid for a short list of keys, which are those of the spec", () => {
    const harmless = ["owner", "description", "train.params.trees", "train.params", "train.seed", "train.timeout"];
    const more = ["train.runs-on", "predict.timeout", "predict.runs-on", "metrics.readability.timeout"];
    expect(ofSpec(...harmless, ...more)).toEqual([]);
    expect(told({ kind: "environment", paths: ["environment.timeout"] })).toEqual([]);
    const announced = Object.keys(ModelSpec.shape).filter((key) => ofSpec(key).length > 0);
    const silent = Object.keys(ModelSpec.shape).filter((key) => !announced.includes(key));
    expect(silent).toEqual(["owner", "description"]);
  });

  it("is not hidden by a name that looks like a harmless one", () => {
    expect(ofSpec("data.columns.train.params")).toHaveLength(1);
    expect(told({ kind: "environment", paths: ["environment.env.timeout"] })).toHaveLength(1);
  });
});

it("tells what of the repository says who decides and what runs", () => {
  const paths = [".gitattributes", ".github/CODEOWNERS", ".github/workflows/slipway.yml", "README.md", "slipway.yaml"];
  expect(repositoryNotices(paths)).toEqual([
    "Changes workflow files: .github/workflows/slipway.yml.",
    "Changes slipway.yaml.",
    "Changes who must review: .github/CODEOWNERS.",
    "Changes how Git reads files: .gitattributes.",
  ]);
  expect(repositoryNotices(["README.md", "models/a/data/workflows.csv"])).toEqual([]);
});
