import { describe, expect, it } from "vitest";
import { readJsonText, type WrittenJson } from "../../core/json-text.ts";
import { withParams } from "../../core/spec/set-params.ts";

const SPEC = `# yaml-language-server: $schema=x
slipway: 1
train:
  run: python train.py # quick
  params:
    # how deep
    depth: 4 # not more
    rate: 0.10
    tree: { leaves: 3, split: gini }
  seed: 7
predict: { run: python predict.py }
`;

const set = (params: string, seed = 7, text = SPEC) =>
  withParams(text, readJsonText(params) as Record<string, WrittenJson>, seed);

describe("a spec with other params", () => {
  it("is the same text where nothing differs", () => {
    expect(set('{"depth":4,"rate":0.10,"tree":{"leaves":3,"split":"gini"}}')).toBe(SPEC);
  });

  it("keeps comments, order and all else", () => {
    expect(set('{"depth":6,"rate":0.10,"tree":{"leaves":5,"split":"gini"}}', 8)).toBe(
      SPEC.replace("depth: 4", "depth: 6").replace("leaves: 3", "leaves: 5").replace("seed: 7", "seed: 8"),
    );
  });

  it("loses what the run had not, and gets what it had besides", () => {
    expect(set('{"depth":4,"new":[1,"a"]}')).toContain("    depth: 4 # not more\n    new: [ 1, a ]\n  seed: 7\n");
  });

  it("spells numbers as the run read them", () => {
    expect(set('{"depth":4.0,"rate":100000000000000000001,"tree":1e-3}')).toMatch(
      /depth: 4\.0 # not more\n {4}rate: 100000000000000000001\n {4}tree: 1e-3\n/,
    );
  });

  it("gets params where it has none", () => {
    const text = "slipway: 1\ntrain: { run: a }\n";
    expect(set('{"depth":4}', 0, text)).toBe("slipway: 1\ntrain: { run: a, params: { depth: 4 } }\n");
  });
});
