import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { METRIC_RULES } from "../../core/acts/project.ts";
import { minRows } from "../../core/gates/min-rows.ts";
import { effectiveGates, loosened } from "../../core/spec/floors.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import type { Gate } from "../../schemas/gate.ts";
import { problemsOf, projectOf, SPEC, specWith } from "./builders.ts";

const problemsWith = async (spec: string, policy: string) =>
  (await projectOf({ "models/a/model.yaml": spec, "slipway.yaml": policy }, { rules: METRIC_RULES })).problems;

const floor: Gate = { metric: "accuracy", "at-least": 0.8 };

describe("loosened", () => {
  it.each<[string, Gate, Gate, string | undefined]>([
    ["a lower threshold", { ...floor, "at-least": 0.79 }, floor, "at-least"],
    ["a higher ceiling", { metric: "mb", "at-most": 5 }, { metric: "mb", "at-most": 4 }, "at-most"],
    ["no confidence", floor, { ...floor, confidence: 0.9 }, "confidence"],
    ["a lower confidence", { ...floor, confidence: 0.8 }, { ...floor, confidence: 0.9 }, "confidence"],
    ["fewer rows than are enough by default", { ...floor, "min-rows": 9 }, floor, "min-rows"],
    ["fewer rows", { ...floor, "min-rows": 5 }, { ...floor, "min-rows": 50 }, "min-rows"],
    ["a larger regression", versus({ "max-regression": 0.02 }), versus({ "max-regression": 0.01 }), "max-regression"],
    [
      "a regression for an improvement",
      versus({ "max-regression": 0 }),
      versus({ "min-improvement": 0.1 }),
      "max-regression",
    ],
    [
      "a regression of nothing for an improvement that has to be sure",
      { ...versus({ "max-regression": 0 }), confidence: 0.9 },
      { ...versus({ "min-improvement": 0 }), confidence: 0.9 },
      "max-regression",
    ],
    [
      "a smaller improvement",
      versus({ "min-improvement": 0.05 }),
      versus({ "min-improvement": 0.1 }),
      "min-improvement",
    ],
    ["nothing where it is equal", floor, floor, undefined],
    ["nothing where it is stricter", { ...floor, "at-least": 0.9, confidence: 0.9, "min-rows": 12 }, floor, undefined],
    [
      "nothing where an improvement is asked in place of a regression",
      versus({ "min-improvement": 0 }),
      versus({ "max-regression": 0.1 }),
      undefined,
    ],
    ["nothing where the metric is another", { metric: "auc", "at-least": 0.1 }, floor, undefined],
    ["nothing where the slice is another", { ...floor, "at-least": 0.1, slice: { a: 1 } }, floor, undefined],
    ["nothing where the class is another", { ...floor, "at-least": 0.1, class: "x" }, floor, undefined],
    ["nothing where the kind is another", { metric: "accuracy", "at-most": 0.9 }, floor, undefined],
    [
      "nothing where the stage compared with is another",
      { ...versus({ "max-regression": 9 }), versus: "staging" },
      versus({ "max-regression": 0 }),
      undefined,
    ],
  ])("finds %s", (_, gate, against, key) => {
    expect(loosened(gate, against)?.key).toBe(key);
  });

  it("sees through the order of a slice's columns", () => {
    const slice = { a: 1, b: 2 };
    expect(loosened({ ...floor, "at-least": 0.1, slice: { b: 2, a: 1 } }, { ...floor, slice })?.key).toBe("at-least");
  });
});

function versus(change: Partial<Gate>): Gate {
  return { metric: "accuracy", versus: "production", ...change };
}

const POLICY = `slipway: 1
gates:
  register:
    - { metric: accuracy, at-least: 0.6 }
  production:
    - { metric: accuracy, at-least: 0.8, confidence: 0.9 }
overrides:
  a:
    gates: { production: [{ metric: artifact_mb, at-most: 50 }] }
metrics: { accuracy: { metric: accuracy_score } }
`;

describe("the policy's floors", () => {
  it("are named by line where a spec loosens one", async () => {
    const spec = specWith("gates: { production: [{ metric: accuracy, at-least: 0.7, confidence: 0.9 }] }");
    expect(await problemsOf(spec, POLICY)).toEqual([
      expect.objectContaining({
        code: "FLOOR_LOOSENED",
        message: "the gate is weaker than the floor at slipway.yaml:6:7",
        expected: "at-least: 0.8 or more",
        found: "at-least: 0.7",
        file: "models/a/model.yaml",
        line: 11,
        column: 53,
      }),
    ]);
  });

  it("say what to add where a stricter gate leaves out what they ask besides", async () => {
    const spec = specWith("gates: { production: [{ metric: accuracy, at-least: 0.95 }] }");
    expect(await problemsOf(spec, POLICY)).toMatchObject([
      {
        expected: "confidence: 0.9 or more",
        found: "no confidence",
        hint: expect.stringMatching(/^add it to the gate/),
      },
    ]);
  });

  it("may be tightened", async () => {
    expect(
      await problemsOf(
        specWith("gates: { production: [{ metric: accuracy, at-least: 0.9, confidence: 0.95 }] }"),
        POLICY,
      ),
    ).toEqual([]);
  });

  it("ask for a metric that the model lacks", async () => {
    const spec = specWith("metrics: { f1: { metric: f1_score, average: macro } }");
    const problems = await problemsOf(spec, POLICY);
    expect(problems).toEqual([
      expect.objectContaining({
        message: expect.stringContaining("slipway.yaml:4:7"),
        hint: "define accuracy under metrics, as slipway.yaml does",
      }),
    ]);
  });

  it("cannot be met by another function of the same name", async () => {
    const spec = specWith("metrics: { accuracy: { metric: balanced_accuracy_score } }");
    expect(await problemsOf(spec, POLICY)).toEqual([
      expect.objectContaining({ code: "FLOOR_LOOSENED", expected: "metric: accuracy_score", line: 11, column: 32 }),
    ]);
  });

  it("cannot be met by a score of one's own", async () => {
    const spec = specWith("metrics: { accuracy: { run: node score.mjs, greater-is-better: true } }");
    expect(await problemsOf(spec, POLICY)).toEqual([expect.objectContaining({ code: "FLOOR_LOOSENED" })]);
  });

  it("are refused where the policy does not say what their metric is: any function could have the name", async () => {
    const problems = await problemsOf(specWith(), POLICY.replace(/metrics: .*\n/, ""));
    expect(problems.map(({ code, file, line, column }) => [code, file, line, column])).toEqual([
      ["POLICY_INVALID", "slipway.yaml", 4, 17],
      ["POLICY_INVALID", "slipway.yaml", 6, 17],
    ]);
  });

  it.each([
    [
      "normalize: false",
      "accuracy",
      "accuracy_score",
      "metric: accuracy_score, normalize: false",
      "normalize: scikit-learn's default (true)",
    ],
    [
      "other labels",
      "recall",
      "recall_score",
      "metric: recall_score, average: macro, labels: [low]",
      'average: scikit-learn\'s default ("binary")',
    ],
    [
      "another zero_division",
      "recall",
      "recall_score, average: macro",
      "metric: recall_score, average: macro, zero_division: 1",
      "zero_division: scikit-learn's default (0)",
    ],
    [
      "a partial curve",
      "auc",
      "roc_auc_score",
      "metric: roc_auc_score, max_fpr: 0.1",
      "max_fpr: scikit-learn's default",
    ],
    [
      "adjusted",
      "ba",
      "balanced_accuracy_score",
      "metric: balanced_accuracy_score, adjusted: true",
      "adjusted: scikit-learn's default (false)",
    ],
    [
      "a halved score",
      "brier",
      "brier_score_loss",
      "metric: brier_score_loss, scale_by_half: true",
      'scale_by_half: scikit-learn\'s default ("auto")',
    ],
    [
      "a value for no agreement",
      "kappa",
      "cohen_kappa_score",
      "metric: cohen_kappa_score, replace_undefined_by: 1",
      'replace_undefined_by: scikit-learn\'s default ("nan")',
    ],
    [
      "average: none with a class",
      "recall",
      "recall_score, average: macro",
      "metric: recall_score, average: none",
      'average: "macro"',
    ],
  ])("take a metric's arguments as the policy leaves them: %s", async (_, name, asked, own, expected) => {
    const policy = `slipway: 1\nmetrics: { ${name}: { metric: ${asked} } }\ngates: { production: [{ metric: ${name}, at-most: 0.5 }] }\n`;
    const problems = await problemsOf(specWith(`metrics: { ${name}: { ${own} } }`), policy);
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: "FLOOR_LOOSENED",
        file: "models/a/model.yaml",
        line: 11,
        expected,
        message: expect.stringContaining("slipway.yaml:2:"),
      }),
    );
  });

  it("take an argument that is written out as scikit-learn's default for the default", async () => {
    const spec = specWith("metrics: { accuracy: { metric: accuracy_score, normalize: true } }");
    expect(await problemsOf(spec, POLICY)).toEqual([]);
  });

  const RECALL =
    "slipway: 1\nmetrics: { recall: { metric: recall_score } }\ngates: { production: [{ metric: recall, at-least: 0.8 }] }\n";
  const low = [...SPEC.filter((line) => !/label|metrics/.test(line)), "metrics: { recall: { metric: recall_score } }"];
  const specOfLow = low
    .join("\n")
    .replace("  test: test.csv", "  test: test.csv\n  label: { column: species, positive: low }");

  it("speak of the positive class that the policy names, whatever the spec's label says", async () => {
    expect(await problemsOf(specOfLow, RECALL)).toEqual([
      expect.objectContaining({
        code: "FLOOR_LOOSENED",
        ...{ line: 6, column: 39, expected: `pos_label: scikit-learn's default ("1")`, found: '"low"' },
        hint: expect.stringContaining("overrides: { a: { positive: … } }"),
      }),
    ]);
    expect(await problemsOf(specOfLow, `${RECALL}overrides: { a: { positive: low } }\n`)).toEqual([]);
    expect(await problemsOf(specOfLow, `${RECALL}overrides: { a: { positive: high } }\n`)).toContainEqual(
      expect.objectContaining({
        message: "slipway.yaml says which class of a is the positive one (slipway.yaml:4:29)",
      }),
    );
  });

  it("cannot be decided for a model that the policy's metric does not fit, and say where and for which", async () => {
    const spec = specWith("metrics: { recall: { metric: recall_score, average: macro } }").replace(
      "  label: species",
      "  label: species\n  columns: { species: { type: string, one-of: [a, b, c] } }",
    );
    const problems = await problemsWith(spec, RECALL);
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: "FLOOR_UNDECIDABLE",
        message:
          "the floor at slipway.yaml:3:23 cannot be decided for a: recall_score with average: binary needs two classes, and species has 3.",
        hint: expect.stringContaining("slipway.yaml to say (slipway.yaml:2:20)"),
      }),
    );
    const own = `${RECALL}overrides: { a: { metrics: { recall: { metric: recall_score, average: macro } } } }\n`;
    expect(await problemsWith(spec, own)).toEqual([]);
  });

  describe("for one task", () => {
    const ERRORS =
      "slipway: 1\nmetrics: { mae: { metric: mean_absolute_error } }\ngates: { production: [{ metric: mae, at-most: 2, task: regression }] }\n";

    it("hold for a model whose spec alone says that it is of another", async () => {
      for (const task of ["classification", "custom"]) {
        expect(await problemsOf(specWith(`task: ${task}`), ERRORS)).toEqual([
          expect.objectContaining({
            code: "FLOOR_UNDECIDABLE",
            message:
              "the floor at slipway.yaml:3:23 cannot be decided for a: it is for regression, and slipway.yaml does not say that a is anything else",
            hint: `let slipway.yaml say so: overrides: { a: { task: ${task} } }`,
          }),
        ]);
      }
    });

    it("leave out the models that the policy says are of another, which they must be", async () => {
      const policy = `${ERRORS}overrides: { a: { task: classification } }\n`;
      expect(await problemsOf(specWith(), policy)).toEqual([]);
      expect(await problemsOf(specWith("task: custom"), policy)).toEqual([
        expect.objectContaining({ code: "FLOOR_LOOSENED", expected: "task: classification" }),
      ]);
    });

    it("may name a model that is to come, since nothing is loosened by that", async () => {
      const policy = `${ERRORS}overrides: { a: { task: classification }, later: { task: custom } }\n`;
      expect(await problemsOf(specWith(), policy)).toEqual([]);
    });

    it("do not contradict those for another task", async () => {
      const policy = `slipway: 1\nmetrics: { accuracy: { metric: accuracy_score } }\ngates:\n  production:\n    - { metric: accuracy, at-least: 0.8, task: classification }\n    - { metric: accuracy, at-most: 0.5, task: custom }\noverrides: { a: { task: classification } }\n`;
      expect(await problemsOf(specWith(), policy)).toEqual([]);
    });
  });

  it("ask for a class only of a metric that has a value for each", async () => {
    const policy =
      "slipway: 1\nmetrics: { accuracy: { metric: accuracy_score } }\ngates: { production: [{ metric: accuracy, class: x, at-least: 0.5 }] }\n";
    expect(await problemsOf(specWith(), policy)).toContainEqual(
      expect.objectContaining({ code: "POLICY_INVALID", file: "slipway.yaml", line: 3 }),
    );
  });

  it("have the metric's definition beside them where they are decided", async () => {
    const policy = `${RECALL}overrides: { a: { positive: low } }\n`;
    const project = await projectOf({ "models/a/model.yaml": specOfLow, "slipway.yaml": policy });
    const [floor] = project.effectiveGates(project.models.get("a") as LoadedModel, "production");
    expect(floor?.definition).toEqual({ function: "recall_score", arguments: { pos_label: "low" } });
  });

  it("stand before the model's own gates, each with its origin", async () => {
    const spec = specWith("gates: { production: [{ metric: accuracy, at-least: 0.9, confidence: 0.9 }] }");
    const project = await projectOf({ "models/a/model.yaml": spec, "slipway.yaml": POLICY });
    const model = project.models.get("a");
    const gates = model === undefined ? [] : project.effectiveGates(model, "production");
    expect(gates.map(({ origin, gate, keys }) => [origin, gate.metric, keys.join(".")])).toEqual([
      ["policy", "accuracy", "gates.production.0"],
      ["policy", "artifact_mb", "overrides.a.gates.production.0"],
      ["spec", "accuracy", "gates.production.0"],
    ]);
  });
});

describe("effectiveGates", () => {
  const gate: fc.Arbitrary<Gate> = fc.record(
    {
      metric: fc.constantFrom("a", "b"),
      "at-least": fc.double({ min: 0, max: 1, noNaN: true }),
      confidence: fc.constantFrom(0.8, 0.9),
    },
    { requiredKeys: ["metric", "at-least"] },
  );

  it("holds every floor, whatever the model writes", () => {
    fc.assert(
      fc.property(fc.array(gate), fc.array(gate), (floors, own) => {
        const gates = effectiveGates(
          { slipway: 1, gates: { production: floors } },
          { gates: { production: own } },
          "m",
          "production",
        );
        for (const one of [...floors, ...own]) expect(gates.map((each) => each.gate)).toContainEqual(one);
      }),
    );
  });
});

describe("a gate that is not loosened", () => {
  it("passes nothing that the floor would fail", () => {
    const value = fc.double({ min: 0, max: 1, noNaN: true });
    const gate = fc.record(
      { "at-least": value, confidence: fc.constantFrom(0.8, 0.9, 0.95), "min-rows": fc.integer({ min: 1, max: 30 }) },
      { requiredKeys: ["at-least"] },
    );
    // A bound grows more cautious with confidence; a value alone is the least cautious of all.
    const passes = (one: Omit<Gate, "metric">, centre: number, rows: number) =>
      rows >= minRows({ metric: "a", ...one }) && centre - (one.confidence ?? 0) / 10 >= (one["at-least"] ?? 0);
    fc.assert(
      fc.property(gate, gate, value, fc.nat(40), (own, least, centre, rows) => {
        const stricter = loosened({ metric: "a", ...own }, { metric: "a", ...least }) === undefined;
        if (stricter && passes(own, centre, rows)) expect(passes(least, centre, rows)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
