import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGate } from "../../core/gates/check-gate.ts";
import { thresholdsOf } from "../../core/gates/thresholds.ts";
import { compareMetrics } from "../../core/metrics/compare.ts";
import { type EvaluateOptions, evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricValue } from "../../schemas/evaluation.ts";
import type { Gate } from "../../schemas/gate.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { comparison, evaluation } from "../gates/evidence.ts";
import { asking, classified, estimated } from "./rows.ts";

const METRICS: Record<Scored["task"], Record<string, MetricSpec>> = {
  classification: {
    accuracy: { metric: "accuracy_score" },
    recall: { metric: "recall_score", average: "none" },
    mcc: { metric: "matthews_corrcoef" },
    confusion: { metric: "confusion_matrix" },
  },
  regression: {
    mae: { metric: "mean_absolute_error" },
    r2: { metric: "r2_score" },
    median: { metric: "median_absolute_error" },
    worst: { metric: "max_error" },
  },
  custom: {},
};

/** Rows of two classes or of numbers, and two models that are right about as often as they say. */
function worldOf(task: "classification" | "regression", seed: number, n: number, right: [number, number]) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const truths = Array.from({ length: n }, () => random());
  const slices = { site: truths.map(() => (random() < 0.3 ? "a" : "b")) };
  const model = (share: number): Scored => {
    const errors = truths.map(() => random() + random() - 1);
    if (task === "regression")
      return estimated(
        truths,
        truths.map((truth, i) => truth + (1 - share) * (errors[i] ?? 0)),
        { slices },
      );
    const classes = truths.map((truth) => (truth < 0.4 ? "x" : "y"));
    const said = classes.map((each) => (random() < share ? each : each === "x" ? "y" : "x"));
    return classified(classes, said, { slices });
  };
  return { candidate: model(right[0]), baseline: model(right[1]) };
}

const SLICE = { site: "a" };
const options = (task: Scored["task"], gates?: readonly Gate[]): EvaluateOptions => ({
  ...asking({ metric: "accuracy_score" }, { levels: LEVELS, slices: ["site"], filters: [SLICE] }),
  metrics: METRICS[task],
  ...(gates
    ? {
        steps: thresholdsOf(
          gates.map((gate) => ({ gate })),
          4,
        ),
      }
    : {}),
});

function answersOf({ candidate, baseline }: ReturnType<typeof worldOf>, gates: readonly Gate[], inSteps: boolean) {
  const asked = options(candidate.task, inSteps ? gates : undefined);
  const { metrics, slices } = evaluateMetrics(candidate, asked);
  const compared = compareMetrics(candidate, baseline, asked);
  const n = candidate.ids.length;
  const test = { sha256: "a".repeat(64), rows: n, files: [] };
  const values = inSteps ? ("steps" as const) : ("exact" as const);
  const evidence = {
    evaluation: evaluation(metrics, { slices, test, values }),
    comparisons: [comparison(compared.metrics, { slices: compared.slices, rows: n, test_sha256: test.sha256 })],
    tries: [{ id: "0".repeat(32), budget: 4, before: 0, level: 0.125 }],
  };
  return { evidence, results: gates.map((gate) => checkGate({ gate, origin: "spec" }, evidence)) };
}

/** Each value that a world shows, under the same names whether in steps or not. */
function valuesOf({ evaluation: { metrics, slices }, comparisons }: ReturnType<typeof answersOf>["evidence"]) {
  const found = new Map<string, MetricValue>();
  const note = (name: string, value: MetricValue) => found.set(name, value);
  for (const [place, held] of [
    ["", metrics] as const,
    ...slices.map((each) => [JSON.stringify(each.slice), each.metrics] as const),
  ])
    for (const [name, { classes = [], ...value }] of Object.entries(held)) {
      note(`${place} ${name}`, value);
      for (const each of classes) note(`${place} ${name} ${each.class}`, each);
    }
  for (const each of comparisons)
    for (const [place, held] of [
      ["", each.metrics] as const,
      ...(each.slices ?? []).map((slice) => [JSON.stringify(slice.slice), slice.metrics] as const),
    ])
      for (const [name, { classes = [], difference }] of Object.entries(held)) {
        note(`${place} ${name} difference`, difference);
        for (const one of classes) note(`${place} ${name} ${one.class} difference`, one.difference);
      }
  return found;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const world = fc.record({
  seed: fc.nat(1e6),
  n: fc.integer({ min: 12, max: 120 }),
  right: fc.tuple(share, share),
});
const gateOf = (metric: string, more: Partial<Gate>) =>
  fc
    .record({
      at: fc.oneof(fc.double({ min: -0.5, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 0.9)),
      kind: fc.constantFrom("at-least", "at-most", "max-regression", "min-improvement"),
      confidence: fc.option(fc.constantFrom(0.6, 0.8, 0.9, 0.95), { nil: undefined }),
      slice: fc.option(fc.constant(SLICE), { nil: undefined }),
    })
    .map(({ at, kind, confidence, slice }): Gate => {
      const versus = kind.startsWith("m") ? { versus: "production" } : {};
      return {
        ...{ metric, [kind]: versus.versus ? Math.abs(at) / 4 : at, ...versus, ...more, "min-rows": 1 },
        ...(confidence === undefined ? {} : { confidence }),
        ...(slice === undefined ? {} : { slice }),
      };
    });
const gatesOf = {
  classification: fc.array(fc.oneof(gateOf("accuracy", {}), gateOf("recall", { class: "x" }), gateOf("mcc", {})), {
    minLength: 1,
    maxLength: 4,
  }),
  regression: fc.array(fc.oneof(gateOf("mae", {}), gateOf("r2", {}), gateOf("median", {}), gateOf("worst", {})), {
    minLength: 1,
    maxLength: 4,
  }),
};

describe.each(["classification", "regression"] as const)("values of a %s in steps", (task) => {
  it("leave each gate's verdict as it is", () => {
    fc.assert(
      fc.property(world, gatesOf[task], ({ seed, n, right }, gates) => {
        const rows = worldOf(task, seed, n, right);
        const verdicts = (inSteps: boolean) =>
          answersOf(rows, gates, inSteps).results.map(({ verdict, reason }) => ({ verdict, reason }));
        expect(verdicts(true)).toEqual(verdicts(false));
      }),
      { numRuns: 150 },
    );
  });

  it("lie within their bounds, which lie outside of the exact ones", () => {
    fc.assert(
      fc.property(world, gatesOf[task], ({ seed, n, right }, gates) => {
        const rows = worldOf(task, seed, n, right);
        const [exact, coarse] = [false, true].map((inSteps) => valuesOf(answersOf(rows, gates, inSteps).evidence));
        for (const [name, { value, intervals = [] }] of coarse ?? []) {
          const own = exact?.get(name)?.intervals ?? [];
          expect(intervals.map(({ level }) => level)).toEqual(own.map(({ level }) => level));
          intervals.forEach(({ low, high }, i) => {
            expect(low).toBeLessThanOrEqual((own[i]?.low ?? 0) + 1e-9);
            expect(high).toBeGreaterThanOrEqual((own[i]?.high ?? 0) - 1e-9);
            expect(low).toBeLessThanOrEqual(value ?? 0);
            expect(high).toBeGreaterThanOrEqual(value ?? 0);
          });
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("a value in steps", () => {
  const rows = (right: number, n: number) =>
    classified(
      Array.from({ length: n }, (_, i) => (i % 2 ? "x" : "y")),
      Array.from({ length: n }, (_, i) => ((i % 2 === 1) === i < right ? "x" : "y")),
    );
  const accuracy = (right: number, n: number, gates: readonly Gate[] = []) =>
    evaluateMetrics(rows(right, n), {
      ...asking({ metric: "accuracy_score" }, { levels: LEVELS }),
      steps: thresholdsOf(gates.map((gate) => ({ gate }))),
    }).metrics["it"];

  it("of n rows is a multiple of 1/√n", () => {
    for (const right of [300, 333, 350, 371, 399])
      expect(((accuracy(right, 400)?.value ?? 0) / 0.05) % 1).toBeCloseTo(0, 9);
  });

  it("is one of few, whatever a model gets right: a look at it says little", () => {
    const shown = new Set(Array.from({ length: 60 }, (_, i) => JSON.stringify(accuracy(320 + i, 400)?.value)));
    expect(shown.size).toBeLessThanOrEqual(5);
  });

  it("is shown with bounds that say no more than it does", () => {
    const shown = new Map<number, Set<string>>();
    for (let right = 330; right < 350; right++) {
      const { value, intervals } = accuracy(right, 400) ?? {};
      shown.set(value ?? 0, (shown.get(value ?? 0) ?? new Set()).add(JSON.stringify(intervals)));
    }
    for (const bounds of shown.values()) expect(bounds.size).toBeLessThanOrEqual(3);
  });

  it("stands at its own side of a threshold", () => {
    const gate: Gate = { metric: "it", "at-least": 0.851 };
    expect(accuracy(340, 400, [gate])?.value).toBeLessThan(0.851);
    expect(accuracy(341, 400, [gate])?.value).toBeGreaterThan(0.851);
  });

  it("is the nearest at that side, though another threshold is far off", () => {
    const gates: Gate[] = [0.2, 0.849].map((at) => ({ metric: "it", "at-least": at }));
    expect(accuracy(339, 400, gates)?.value).toBeCloseTo(0.8, 9);
    expect(accuracy(340, 400, gates)?.value).toBeCloseTo(0.85, 9);
  });

  it("has no matrix beside it, and no slice of a few rows unless a gate asks for it", () => {
    const site = Array.from({ length: 40 }, (_, i) => (i < 30 ? "big" : i < 38 ? "small" : "asked"));
    const scored = { ...rows(30, 40), slices: { site } };
    const asked = asking({ metric: "confusion_matrix" }, { slices: ["site"], filters: [{ site: "asked" }], steps: [] });
    const { metrics, slices } = evaluateMetrics(scored, asked);
    expect(metrics["it"]).not.toHaveProperty("matrix");
    expect(slices.map(({ slice }) => slice)).toEqual([{ site: "asked" }, { site: "big" }]);
  });
});
