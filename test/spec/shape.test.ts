import { describe, expect, it } from "vitest";
import { checkShape } from "../../core/spec/shape.ts";
import type { YamlFile } from "../../core/spec/yaml.ts";
import { Policy } from "../../schemas/policy.ts";
import { dataWith, problemsOf, specWith } from "./builders.ts";

/** Where a text stands in a spec: line and column of its first letter, from 1. */
function placeOf(spec: string, text: string) {
  const before = spec.slice(0, spec.indexOf(text)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

describe("the shape of a spec", () => {
  it("has no problem where there is none", async () => {
    expect(await problemsOf(specWith())).toEqual([]);
  });

  it.each([
    [
      "an unknown key, with what was meant",
      specWith("metriks: {}"),
      "metriks",
      "UNKNOWN_KEY",
      /metriks is not a key/,
      /metrics/,
    ],
    [
      "an unknown key deep down",
      specWith("train: { run: x, parms: {} }"),
      "parms",
      "UNKNOWN_KEY",
      /train.parms/,
      /params/,
    ],
    [
      "an unknown column rule",
      dataWith("  columns: { age: { type: double, mim: 2 } }"),
      "mim",
      "UNKNOWN_KEY",
      /mim/,
      /min/,
    ],
    ["an unknown task", specWith("task: clasification"), "clasification", "SPEC_INVALID", /task/, /classification/],
    ["an unknown column type", dataWith("  columns: { age: { type: float } }"), "float", "SPEC_INVALID", /type/, /^$/],
    [
      "an unknown metric",
      specWith("metrics: { m: { metric: auc } }"),
      "auc }",
      "UNKNOWN_METRIC",
      /auc/,
      /roc_auc_score/,
    ],
    [
      "a metric's unknown argument",
      specWith("metrics: { m: { metric: f1_score, avrage: macro } }"),
      "avrage",
      "UNKNOWN_KEY",
      /avrage/,
      /average/,
    ],
    [
      "a metric's bad argument",
      specWith("metrics: { m: { metric: f1_score, average: makro } }"),
      "makro",
      "SPEC_INVALID",
      /average/,
      /macro/,
    ],
    [
      "a metric's missing argument",
      specWith("metrics: { m: { metric: fbeta_score } }"),
      "m: {",
      "SPEC_INVALID",
      /beta is missing/,
      /^$/,
    ],
    [
      "a metric that says nothing",
      specWith("metrics: { m: {} }"),
      "m: {}",
      "SPEC_INVALID",
      /metrics.m.metric is missing/,
      /^$/,
    ],
    [
      "a metric of both kinds",
      specWith("metrics: { m: { metric: f1_score, run: x } }"),
      "run: x }",
      "UNKNOWN_KEY",
      /metrics.m.run is not a key/,
      /^$/,
    ],
    [
      "an own metric without direction",
      specWith("metrics: { m: { run: x } }"),
      "m: { run",
      "SPEC_INVALID",
      /greater-is-better is missing/,
      /^$/,
    ],
    [
      "a metric's name that cannot be",
      specWith("metrics: { 1st: { metric: f1_score } }"),
      "1st",
      "SPEC_INVALID",
      /"1st"/,
      /^$/,
    ],
    ["a bad label", dataWith("  label: { colunm: y }"), "colunm", "UNKNOWN_KEY", /colunm/, /column/],
    ["a label of the wrong kind", dataWith("  label: 3"), "3", "SPEC_INVALID", /data.label/, /^$/],
    [
      "yes where a boolean was meant",
      dataWith("  columns: { a: { type: long, unique: yes } }"),
      "yes",
      "SPEC_INVALID",
      /unique/,
      /write true/,
    ],
    [
      "a version read as a number",
      specWith("environment: { env: { PY: 3.10 } }"),
      "3.10",
      "SPEC_INVALID",
      /PY/,
      /quotes/,
    ],
    ["a number in quotes", specWith('train: { run: x, seed: "7" }'), '"7"', "SPEC_INVALID", /seed/, /without quotes/],
    [
      "a bad duration",
      specWith("train: { run: x, timeout: 10 minutes }"),
      "10 minutes",
      "SPEC_INVALID",
      /timeout/,
      /^$/,
    ],
    ["a share over 1", dataWith("  columns: { a: { type: long, nulls: 5 } }"), "5 }", "SPEC_INVALID", /nulls/, /^$/],
    [
      "an infinite parameter",
      specWith("train: { run: x, params: { a: .inf } }"),
      ".inf",
      "SPEC_INVALID",
      /params/,
      /^$/,
    ],
    ["another version", specWith("slipway: 2"), "2", "SPEC_INVALID", /slipway/, /^$/],
    ["text in place of a map", "just text", "just", "SPEC_INVALID", /the file/, /^$/],
    ["nothing at all", "", "", "SPEC_INVALID", /the file/, /^$/],
  ])("%s", async (_, spec, at, code, message, hint) => {
    const [problem] = await problemsOf(spec);
    expect(problem).toMatchObject({
      code,
      message: expect.stringMatching(message),
      file: "models/a/model.yaml",
      ...placeOf(spec, at),
    });
    expect(problem?.hint ?? "").toMatch(hint);
  });

  it("tells every problem of a file at once", async () => {
    const problems = await problemsOf(specWith("task: x", "metriks: {}", "predict: {}"));
    expect(problems.map((problem) => problem.code).sort()).toEqual(["SPEC_INVALID", "SPEC_INVALID", "UNKNOWN_KEY"]);
  });
});

it("looks for no more places than are shown, however many keys are wrong", () => {
  const value = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 1]));
  let looked = 0;
  const position = () => {
    looked += 1;
    return { line: 1, column: 1 };
  };
  const context = { file: "slipway.yaml", code: "POLICY_INVALID", suggestMetric: () => undefined } as const;
  const { problems } = checkShape(Policy, { value, position } as unknown as YamlFile, context);
  expect(problems).toHaveLength(20);
  expect(looked).toBeLessThan(200);
});
