import { expect, it } from "vitest";
import { matrixOf } from "../../../actions/plan/matrix.ts";
import { type LoadedModel, specOf } from "../../../core/spec/project.ts";
import { ModelFile } from "../../../schemas/model-spec.ts";
import { SPEC } from "../../e2e/tiny-model.ts";

const loaded = (spec: object = {}, name = "tiny"): LoadedModel => ({
  name,
  path: `models/${name}/model.yaml`,
  folder: `models/${name}`,
  spec: specOf(ModelFile.parse({ ...SPEC, ...spec })),
  blob: "b".repeat(40),
  position: () => ({ line: 1, column: 1 }),
});
const GPU = {
  train: { ...SPEC.train, "runs-on": ["self-hosted", "gpu"], timeout: "2h" },
  environment: { image: "acme/cuda:12", setup: "pip install .", timeout: "20m" },
};

type Origin = Parameters<typeof matrixOf>[1]["origin"];
const leg = (spec: object, origin: Origin = "same-repository", runner: string | string[] = "ubuntu-latest") =>
  matrixOf([loaded(spec)], { origin }, runner)[0];

it("gives user code the runner and image that the spec asks for, and time for its own time-outs", () => {
  expect(leg(GPU)).toEqual({
    model: "tiny",
    image: "acme/cuda:12",
    "train-runs-on": '["self-hosted","gpu"]',
    "train-minutes": 20 + 120 + 15,
    "predict-runs-on": '"ubuntu-latest"',
    "predict-minutes": 20 + 4 * 10 + 15,
  });
});

it("gives a serving program time to start and to answer the test rows", () => {
  expect(leg({ serve: { run: "node serve.mjs" } })).toMatchObject({ "predict-minutes": 6 * 10 + 15 });
  expect(leg({ serve: { workers: 2 } })).toMatchObject({ "predict-minutes": 4 * 10 + 15 });
});

it("sends nothing of a fork's to a machine or image that it chose, or that stays", () => {
  for (const spec of [GPU, { predict: { ...SPEC.predict, "runs-on": "my-box" } }]) {
    expect(leg(spec, "fork")).toMatchObject({
      image: "",
      "train-runs-on": '"ubuntu-latest"',
      "predict-runs-on": '"ubuntu-latest"',
    });
  }
  const own = leg({}, "fork", ["self-hosted", "linux"]);
  expect(own).toMatchObject({ "train-runs-on": '"ubuntu-latest"' });
  expect(leg({}, "same-repository", ["self-hosted", "linux"])).toMatchObject({
    "train-runs-on": '["self-hosted","linux"]',
  });
});

it.each(["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "windows-2025"])("lets a fork choose GitHub's %s", (label) => {
  expect(leg({ train: { ...SPEC.train, "runs-on": label } }, "fork")).toMatchObject({
    "train-runs-on": JSON.stringify(label),
  });
});

it("takes 256 models, and refuses more with what to do", () => {
  const models = Array.from({ length: 257 }, (_, n) => loaded({}, `m${n}`));
  const facts = { origin: "default-branch" } as const;
  expect(matrixOf(models.slice(1), facts, "x")).toHaveLength(256);
  expect(() => matrixOf(models, facts, "x")).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED", problems: [expect.objectContaining({ hint: expect.any(String) })] }),
  );
});
