import { expect, it } from "vitest";
import type { MeasuredVersion } from "../../core/ledger/gate-sights.ts";
import { modelsToSee, priceWarnings } from "../../core/ledger/price-warnings.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import { comparison, evaluation, metric, pair, within } from "../gates/evidence.ts";
import { projectOf, specWith } from "../spec/builders.ts";

/** A version whose difference from production is known to so much, on each side. */
const knownTo = (half: number): MeasuredVersion => {
  const difference = { value: 0, ...within(-half, half) };
  return {
    evaluation: evaluation({ accuracy: metric(0.9) }),
    comparisons: [comparison({ accuracy: pair(0.9, 0.9, { difference }) })],
  };
};

async function warnings(gate: string, versions: MeasuredVersion[], policy = "slipway: 1") {
  const spec = specWith(`gates: { production: [{ metric: accuracy, ${gate} }] }`);
  const project = await projectOf({ "models/a/model.yaml": spec, "slipway.yaml": policy });
  expect(project.problems).toEqual([]);
  return priceWarnings(project, new Map([["a", versions]]));
}

it("warns of a margin that the newest version's rows cannot see, at its place, with the rows that would", async () => {
  const found = await warnings("versus: production, max-regression: 0.01, confidence: 0.95", [knownTo(0.028)]);
  expect(found).toEqual([
    {
      code: "MARGIN_UNSEEN",
      message: "a's test set cannot see a difference of 0.01 in accuracy",
      expected: "0.036 or more: what its 100 rows see at the 0.25 % level and 80 % power",
      found: "0.01",
      hint: "1,300 rows would see it.",
      file: "models/a/model.yaml",
      line: expect.any(Number),
      column: expect.any(Number),
    },
  ]);
});

it("warns of a margin of nothing: no number of rows sees that", async () => {
  const found = await warnings("versus: production, max-regression: 0, confidence: 0.95", [knownTo(0.028)]);
  expect(found).toMatchObject([
    { code: "MARGIN_UNSEEN", found: "0", hint: expect.stringContaining("leave it a margin") },
  ]);
});

it("warns of a threshold that not even a perfect version passes on so few rows", async () => {
  const low = LEVELS.map((level) => ({ level, low: level ** (1 / 100), high: 1 }));
  const perfect = { evaluation: evaluation({ accuracy: metric(1, { intervals: low }) }), comparisons: [] };
  const found = await warnings("at-least: 0.98, confidence: 0.95", [perfect]);
  expect(found).toMatchObject([
    {
      code: "CONFIDENCE_UNREACHABLE",
      message:
        "no version of a can pass: not even the best accuracy has its bound at the 0.25 % level beyond the threshold",
      found: "its 100 rows",
    },
  ]);
  expect(await warnings("at-least: 0.9, confidence: 0.95", [perfect])).toEqual([]);
});

it("asks the newest version that was compared", async () => {
  const alone = { ...knownTo(0.001), comparisons: [] };
  const gate = "versus: production, min-improvement: 0.01, confidence: 0.95";
  expect(await warnings(gate, [alone, knownTo(0.03), knownTo(0.001)])).toHaveLength(1);
  expect(await warnings(gate, [alone, knownTo(0.001), knownTo(0.03)])).toEqual([]);
});

it.each([
  ["a margin that is seen", "versus: production, max-regression: 0.05, confidence: 0.95"],
  ["no margin", "versus: production, min-improvement: 0, confidence: 0.95"],
  ["no confidence", "versus: production, max-regression: 0.01"],
  ["no comparison", "at-least: 0.8, confidence: 0.95"],
])("says nothing of %s", async (_, gate) => {
  expect(await warnings(gate, [knownTo(0.028)])).toEqual([]);
});

it("says nothing of a margin where nothing was registered", async () => {
  expect(await warnings("versus: production, max-regression: 0.01, confidence: 0.95", [])).toEqual([]);
});

it("goes by the level that the policy's tries leave", async () => {
  const growing = { ...knownTo(0.02) };
  const steep = within(-0.02, 0.02).intervals.map((each, rung) => ({
    ...each,
    low: -0.004 * rung,
    high: 0.004 * rung,
  }));
  growing.comparisons = [comparison({ accuracy: pair(0.9, 0.9, { difference: { value: 0, intervals: steep } }) })];
  const gate = "versus: production, max-regression: 0.02, confidence: 0.95";
  expect(await warnings(gate, [growing], "slipway: 1\ntries: 1")).toEqual([]);
  expect(await warnings(gate, [growing], "slipway: 1\ntries: 20")).toHaveLength(1);
});

it("warns of a confidence that the tries leave no bound for, once for each place that asks it", async () => {
  const policy = [
    "slipway: 1",
    "tries: 100",
    "metrics: { accuracy: { metric: accuracy_score } }",
    "gates: { production: [{ metric: accuracy, at-least: 0.5, confidence: 0.99 }] }",
  ].join("\n");
  const spec = specWith("gates: {}");
  const project = await projectOf({
    "models/a/model.yaml": spec,
    "models/b/model.yaml": spec,
    "slipway.yaml": policy,
  });
  expect(priceWarnings(project, new Map())).toEqual([
    {
      code: "CONFIDENCE_UNREACHABLE",
      message: "no version can pass: 1 % shared by 100 tries asks for bounds at 0.01 %",
      expected: "0.05 % or more: the strictest bounds that evaluations keep",
      hint: "Ask for less confidence, or for fewer tries in slipway.yaml.",
      file: "slipway.yaml",
      line: 4,
      column: expect.any(Number),
    },
  ]);
});

it("names the models of which something has to be seen, so that no other one is read", async () => {
  const versus = "versus: production, max-regression: 0.01";
  const gates = (gate: string) => specWith(`gates: { production: [{ metric: accuracy, ${gate} }] }`);
  const project = await projectOf({
    "models/a/model.yaml": gates(`${versus}, confidence: 0.95`),
    "models/b/model.yaml": gates(versus),
    "models/c/model.yaml": gates("at-least: 0.5, confidence: 0.95"),
  });
  expect(modelsToSee(project)).toEqual(["a", "c"]);
});
