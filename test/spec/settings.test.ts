import { describe, expect, it } from "vitest";
import { withSettings } from "../../core/spec/settings.ts";
import { projectOf, specWith } from "./builders.ts";

const TRAIN = "train: { run: x, seed: 7, params: { depth: 6, share: 0.50, a.b: 1, opt: { lr: 0.1 } } }";

async function trainWith(...settings: string[]) {
  const { models } = await projectOf({ "models/a/model.yaml": specWith(TRAIN) });
  const model = models.get("a");
  if (!model) throw new Error("the spec has a problem");
  const changed = withSettings(model, settings);
  expect(model.spec.train).toMatchObject({ seed: 7, params: expect.stringContaining('"depth":6') });
  return changed.spec.train;
}

describe("--set", () => {
  it.each([
    ["params.depth=4", '{"a.b":1,"depth":4,"opt":{"lr":0.1},"share":0.50}'],
    ["params.share=1.0", '{"a.b":1,"depth":6,"opt":{"lr":0.1},"share":1.0}'],
    ["params.share=1e-3", '{"a.b":1,"depth":6,"opt":{"lr":0.1},"share":1e-3}'],
    ["params.share=100000000000000000001", '{"a.b":1,"depth":6,"opt":{"lr":0.1},"share":100000000000000000001}'],
    ["params.a.b=2", '{"a.b":2,"depth":6,"opt":{"lr":0.1},"share":0.50}'],
    ["params.opt.lr=.5", '{"a.b":1,"depth":6,"opt":{"lr":0.5},"share":0.50}'],
    ["params.new.deep=[x, true]", '{"a.b":1,"depth":6,"new":{"deep":["x",true]},"opt":{"lr":0.1},"share":0.50}'],
    ["params.depth={ max: 3 }", '{"a.b":1,"depth":{"max":3},"opt":{"lr":0.1},"share":0.50}'],
    ["params.depth='a=b'", '{"a.b":1,"depth":"a=b","opt":{"lr":0.1},"share":0.50}'],
    ["params.depth=", '{"a.b":1,"depth":null,"opt":{"lr":0.1},"share":0.50}'],
  ])("reads %s as YAML", async (setting, params) => {
    expect(await trainWith(setting)).toEqual({ run: "x", seed: 7, params });
  });

  it("sets the seed, and the last of two settings wins", async () => {
    expect(await trainWith("seed=8", "params.depth=4", "params.depth=5")).toMatchObject({
      seed: 8,
      params: expect.stringContaining('"depth":5'),
    });
  });

  it.each([
    ["depth=4", "params.depth=4"],
    ["a.b=2", "params.a.b=2"],
    ["opt.lr=1", "params.opt.lr=1"],
  ])("proposes the param where %s leaves out where it is", async (setting, meant) => {
    await expect(trainWith(setting)).rejects.toMatchObject({ problems: [{ hint: `did you mean ${meant}?` }] });
  });

  it("says of a key alone that its value is missing", async () => {
    await expect(trainWith("params.depth")).rejects.toMatchObject({ message: "--set params.depth: there is no value" });
  });

  it.each([
    "params.depth",
    "params=4",
    "params.=4",
    "depth=4",
    "data.test=other.csv",
    "gates.register=[]",
    "train.params.depth=4",
    "params.__proto__=4",
    "params.opt.__proto__.x=4",
    "params.depth.max=4",
    "params.depth=.inf",
    "params.depth=[1",
    "params.depth=&x 1",
    "params.depth=012",
    "params.depth=1_000",
    "seed=-1",
    "seed=1.5",
    "seed=",
    "",
  ])("refuses %j", async (setting) => {
    await expect(trainWith(setting)).rejects.toMatchObject({ code: "USAGE" });
  });
});
