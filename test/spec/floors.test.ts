import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveGates, loosened } from "../../core/spec/floors.ts";
import type { Gate } from "../../schemas/gate.ts";
import { problemsOf, projectOf, specWith } from "./builders.ts";

const floor: Gate = { metric: "accuracy", "at-least": 0.8 };

describe("loosened", () => {
  it.each<[string, Gate, Gate, string | undefined]>([
    ["a lower threshold", { ...floor, "at-least": 0.79 }, floor, "at-least"],
    ["a higher ceiling", { metric: "mb", "at-most": 5 }, { metric: "mb", "at-most": 4 }, "at-most"],
    ["no confidence", floor, { ...floor, confidence: 0.9 }, "confidence"],
    ["a lower confidence", { ...floor, confidence: 0.8 }, { ...floor, confidence: 0.9 }, "confidence"],
    ["fewer rows", { ...floor, "min-rows": 5 }, { ...floor, "min-rows": 50 }, "min-rows"],
    ["a larger regression", versus({ "max-regression": 0.02 }), versus({ "max-regression": 0.01 }), "max-regression"],
    [
      "a regression for an improvement",
      versus({ "max-regression": 0 }),
      versus({ "min-improvement": 0.1 }),
      "max-regression",
    ],
    [
      "a smaller improvement",
      versus({ "min-improvement": 0.05 }),
      versus({ "min-improvement": 0.1 }),
      "min-improvement",
    ],
    ["nothing where it is equal", floor, floor, undefined],
    ["nothing where it is stricter", { ...floor, "at-least": 0.9, confidence: 0.9, "min-rows": 9 }, floor, undefined],
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
        hint: "define accuracy under metrics:",
      }),
    ]);
  });

  it("cannot be met by another function of the same name", async () => {
    const spec = specWith("metrics: { accuracy: { metric: balanced_accuracy_score } }");
    expect(await problemsOf(spec, POLICY)).toEqual([
      expect.objectContaining({ code: "FLOOR_LOOSENED", expected: 'metric: "accuracy_score"', line: 11, column: 32 }),
    ]);
  });

  it("cannot be met by a score of one's own", async () => {
    const spec = specWith("metrics: { accuracy: { run: node score.mjs, greater-is-better: true } }");
    expect(await problemsOf(spec, POLICY)).toEqual([expect.objectContaining({ code: "FLOOR_LOOSENED" })]);
  });

  it("warn where the policy does not say what a metric is", async () => {
    const policy = POLICY.replace(/metrics: .*\n/, "");
    const { warnings } = await projectOf({ "models/a/model.yaml": specWith(), "slipway.yaml": policy });
    expect(warnings.map(({ file, line }) => [file, line])).toEqual([
      ["slipway.yaml", 4],
      ["slipway.yaml", 6],
    ]);
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
      rows >= (one["min-rows"] ?? 1) && centre - (one.confidence ?? 0) / 10 >= (one["at-least"] ?? 0);
    fc.assert(
      fc.property(gate, gate, value, fc.nat(40), (own, least, centre, rows) => {
        const stricter = loosened({ metric: "a", ...own }, { metric: "a", ...least }) === undefined;
        if (stricter && passes(own, centre, rows)) expect(passes(least, centre, rows)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
