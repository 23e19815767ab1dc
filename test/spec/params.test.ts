import { describe, expect, it } from "vitest";
import { dataWith, problemsOf, projectOf, specWith } from "./builders.ts";

async function paramsOf(params: string): Promise<string | undefined> {
  const spec = specWith(`train: { run: x, params: ${params} }`);
  const { models, problems } = await projectOf({ "models/a/model.yaml": spec });
  expect(problems).toEqual([]);
  return models.get("a")?.spec.train?.params;
}

describe("the params of a spec", () => {
  it.each([
    ["1", "1"],
    ["1.0", "1.0"],
    ["0.80", "0.80"],
    ["1e-3", "1e-3"],
    ["1E5", "1E5"],
    ["-0.0", "-0.0"],
    ["-0", "-0"],
    ["0.0000001", "0.0000001"],
    ["100000000000000000001", "100000000000000000001"],
    ["12345678901234567890", "12345678901234567890"],
    ["0.1234567890123456789012", "0.1234567890123456789012"],
    ["0x10", "16"],
    ["0xffffffffffffffffff", "4722366482869645213695"],
    ["0o14", "12"],
    [".5", "0.5"],
    ["-.5e3", "-0.5e3"],
    ["1.", "1.0"],
    ["1.e3", "1.0e3"],
    ["+1", "1"],
    ["+.5", "0.5"],
    ['"1.0"', '"1.0"'],
    ["'1_000'", '"1_000"'],
    ["2024-01-31", '"2024-01-31"'],
    ["1.2.3", '"1.2.3"'],
    ["yes", '"yes"'],
    ["True", "true"],
    ["~", "null"],
  ])("hand %s on as %s", async (written, text) => {
    expect(await paramsOf(`{ a: ${written} }`)).toBe(`{"a":${text}}`);
    expect(await paramsOf(`{ a: { c: 2, b: [${written}] } }`)).toBe(`{"a":{"b":[${text}],"c":2}}`);
  });

  it.each([
    "012",
    "-012",
    "00",
    "012.5",
    "1_000",
    "0b11",
    "-0x10",
    ".inf",
    "-.inf",
    ".nan",
    "1e400",
    "!!float 1",
    "&x 1",
  ])("refuse %s at its place", async (written) => {
    const spec = specWith(`train: { run: x, params: { a: ${written} } }`);
    const [problem] = await problemsOf(spec);
    const before = spec.slice(0, spec.indexOf(`${written} }`)).split("\n");
    expect(problem).toMatchObject({ file: "models/a/model.yaml", line: before.length });
    expect(problem?.column).toBeGreaterThan(1);
  });

  it("have the same text in any order of keys", async () => {
    expect(await paramsOf("{ b: 1.0, a: 2 }")).toBe(await paramsOf("{ a: 2, b: 1.0 }"));
  });
});

describe("a class or a slice's value", () => {
  it.each([
    ["positive", dataWith("  label: { column: species, positive: 1.0 }"), "1.0"],
    ["pos_label", specWith("metrics: { m: { metric: f1_score, pos_label: 1.10 } }"), "1.10"],
    ["labels", specWith("metrics: { m: { metric: f1_score, average: macro, labels: [1, 2.0] } }"), "2.0"],
    [
      "class",
      specWith(
        "metrics: { m: { metric: f1_score, average: none } }",
        "gates: { register: [{ metric: m, class: 2.0, at-least: 1.0 }] }",
      ),
      "2.0",
    ],
    ["slice", specWith("gates: { register: [{ metric: accuracy, slice: { island: 1.10 }, at-least: 0.90 }] }"), "1.10"],
    [
      "fraction of a double",
      dataWith("  label: { column: species, positive: 0.50 }", "  columns: { species: { type: double } }"),
      "0.50",
    ],
    ["exponent", specWith("gates: { register: [{ metric: accuracy, slice: { island: 1e5 }, at-least: 0.9 }] }"), "1e5"],
  ])("is asked for in quotes where a number would lose its spelling: %s", async (_, spec, written) => {
    const [problem, ...more] = await problemsOf(spec);
    expect(problem).toMatchObject({
      code: "SPEC_INVALID",
      line: spec.slice(0, spec.indexOf(written)).split("\n").length,
      hint: `write "${written}"`,
    });
    expect(more).toEqual([]);
  });

  it("is asked for in quotes in the policy, too", async () => {
    const gates = "gates: { register: [{ metric: accuracy, slice: { island: 1.10 }, at-least: 0.90 }] }";
    const [problem] = await problemsOf(
      specWith(),
      `slipway: 1\nmetrics: { accuracy: { metric: accuracy_score } }\n${gates}`,
    );
    expect(problem).toMatchObject({ code: "POLICY_INVALID", file: "slipway.yaml", line: 3, hint: 'write "1.10"' });
  });

  it.each([
    dataWith("  label: { column: species, positive: 1.0 }", "  columns: { species: { type: long } }"),
    dataWith("  label: { column: species, positive: 1.0 }", "  columns: { species: { type: double } }"),
    dataWith('  label: { column: species, positive: "1.0" }'),
    specWith("gates: { register: [{ metric: accuracy, slice: { island: 110 }, at-least: 0.90 }] }"),
    specWith("train: { run: x, params: { class: 1.0, slice: { a: 1.0 } } }"),
  ])("is taken where nothing is lost: %#", async (spec) => {
    expect(await problemsOf(spec)).toEqual([]);
  });
});
