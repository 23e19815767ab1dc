import { expect, it } from "vitest";
import { compareMetrics } from "../../core/metrics/compare.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { randomNumbers } from "../../tools/coverage/random-numbers.ts";
import { asking, classified, estimated, probable } from "./rows.ts";

const drawn = { levels: [0.025] };
const compared = (candidate: Scored, baseline: Scored, metric: MetricSpec, more = {}) =>
  compareMetrics(candidate, baseline, asking(metric, { ...drawn, ...more })).metrics["it"];

/** 40 rows, half of them positive; `wrong` of them predicted otherwise, from row `from` on. */
const forty = (wrong: number, from = 0) => {
  const labels = Array.from({ length: 40 }, (_none, row) => row % 2);
  return classified(
    labels,
    labels.map((label, row) => (row >= from && row < from + wrong ? 1 - label : label)),
  );
};

it("does not take predictions that are the same on every test row for the same model", () => {
  const difference = compared(forty(4), forty(4), { metric: "accuracy_score" })?.difference;
  // Clopper and Pearson: none of 40 rows leaves a share of 1 - 0.025^(1/40) possible.
  expect(difference?.value).toBe(0);
  expect(difference?.intervals?.[0]?.low).toBeCloseTo(-(1 - 0.025 ** (1 / 40)), 9);
});

it("bounds no error of predictions that are the same on every test row", () => {
  const scored = estimated([1, 2, 4, 7], [1, 3, 3, 9]);
  const difference = compared(scored, scored, { metric: "mean_absolute_error" })?.difference;
  expect(difference).toMatchObject({ value: 0, reason: expect.stringContaining("every row says the same") });
});

it("does not take equal accuracies of different predictions for certainty", () => {
  const difference = compared(forty(4), forty(4, 20), { metric: "accuracy_score" })?.difference;
  expect(difference?.value).toBe(0);
  expect(difference?.intervals?.[0]?.high).toBeGreaterThan(0.1);
});

it("matches rows by id, whatever their order", () => {
  const candidate = estimated([1, 2, 4], [1, 2, 3], { ids: ["a", "b", "c"] });
  const baseline = estimated([4, 1, 2], [1, 1, 2], { ids: ["c", "a", "b"] });
  const found = compared(candidate, baseline, { metric: "max_error" });
  expect(found).toMatchObject({ candidate: 1, baseline: 3, difference: { value: -2 }, greater_is_better: false });
});

it("refuses rows that the baseline was not asked about", () => {
  const candidate = classified([1, 0], [1, 0], { ids: ["a", "b"] });
  expect(() => compared(candidate, { ...candidate, ids: ["a", "x"] }, { metric: "accuracy_score" })).toThrow(
    /same rows/,
  );
  const more = classified([1, 0, 1], [1, 0, 1], { ids: ["a", "b", "c"] });
  expect(() => compared(candidate, more, { metric: "accuracy_score" })).toThrow(/same rows/);
});

it("refuses labels that changed in between", () => {
  const candidate = classified([1, 0], [1, 0]);
  expect(() => compared(candidate, classified([1, 1], [1, 0]), { metric: "accuracy_score" })).toThrow(
    /different labels/,
  );
});

it("is narrower than the two intervals apart, since both are drawn together", () => {
  const random = randomNumbers(1);
  const truth = random.many(100, () => 5 * random.normal());
  const common = truth.map((value) => value + random.normal());
  const candidate = estimated(
    truth,
    common.map((value) => value + 0.05 * random.normal()),
  );
  const baseline = estimated(
    truth,
    common.map((value) => value + 0.05 * random.normal()),
  );
  const interval = compared(candidate, baseline, { metric: "mean_absolute_error" })?.difference.intervals?.[0];
  expect((interval?.high ?? 1) - (interval?.low ?? 0)).toBeLessThan(0.1);
});

it("says why there is nothing to compare where the baseline writes no probabilities", () => {
  const candidate = probable(
    [0, 1],
    [0, 1],
    [
      [0.8, 0.2],
      [0.3, 0.7],
    ],
  );
  const { probabilities: _gone, ...baseline } = candidate;
  const found = compared(candidate, baseline, { metric: "log_loss" });
  expect(found).toMatchObject({
    candidate: null,
    difference: { value: null, reason: expect.stringContaining("the baseline has no value") },
  });
});

it("compares class by class with average: none", () => {
  const candidate = classified(["a", "b"], ["a", "b"]);
  const found = compared(candidate, classified(["a", "b"], ["b", "b"]), { metric: "recall_score", average: "none" });
  expect(found?.classes).toMatchObject([
    { class: "a", candidate: 1, baseline: 0, difference: { value: 1 } },
    { class: "b", candidate: 1, baseline: 1, difference: { value: 0 } },
  ]);
});

it("compares slice by slice", () => {
  const slices = { island: ["Dream", "Torgersen", "Dream"] };
  const candidate = classified([1, 1, 1], [1, 1, 0], { slices });
  const found = compareMetrics(
    candidate,
    classified([1, 1, 1], [1, 0, 1]),
    asking({ metric: "accuracy_score" }, { slices: ["island"] }),
  );
  expect(found.slices).toMatchObject([
    { slice: { island: "Dream" }, rows: 2, metrics: { it: { difference: { value: -0.5 } } } },
    { slice: { island: "Torgersen" }, rows: 1, metrics: { it: { difference: { value: 1 } } } },
  ]);
});

/** The share of seeded tries in which a candidate that is as good on average reads as better, by its rare bad rows. */
function readsAsBetter(n: number, gain: (random: ReturnType<typeof randomNumbers>) => number): number {
  const random = randomNumbers(2026);
  const tries = 200;
  let better = 0;
  for (let seed = 0; seed < tries; seed++) {
    const truth = random.many(n, () => 3 * random.normal());
    const live = truth.map(() => 0.6 + Math.abs(random.normal()));
    const errors = live.map((error) => error + (random.chance(0.02) ? 29.4 : -gain(random)));
    const of = (all: readonly number[]) =>
      estimated(
        truth,
        truth.map((label, row) => label + (all[row] as number)),
      );
    const found = compared(of(errors), of(live), { metric: "mean_absolute_error" });
    better += Number((found?.difference.intervals?.[0]?.high ?? 0) < 0);
  }
  return better / tries;
}

it("does not take a gain that is the same on every row it saw for certain: the rare bad ones may lack", () => {
  expect(readsAsBetter(30, () => 0.6)).toBe(0);
});

it("does not let a few rows that gain a little less make it certain", () => {
  expect(readsAsBetter(30, (random) => (random.chance(0.05) ? 0.5 : 0.6))).toBeLessThan(0.03);
});

it("still tells a gain that varies from row to row", () => {
  const random = randomNumbers(4);
  const truth = random.many(30, random.normal);
  const live = truth.map((label) => label + 2 + random.uniform());
  const candidate = truth.map((label) => label + 1 + random.uniform());
  const found = compared(estimated(truth, candidate), estimated(truth, live), { metric: "mean_absolute_error" });
  expect(found?.difference.intervals?.[0]?.high).toBeLessThan(0);
});

it("keeps an interval where the two predict the same on nearly all rows: that is known, not seen by chance", () => {
  const random = randomNumbers(6);
  const truth = random.many(50, random.normal);
  const live = truth.map((label) => label + random.normal());
  const candidate = live.map((prediction, row) => (row < 3 ? prediction + 0.1 : prediction));
  const found = compared(estimated(truth, candidate), estimated(truth, live), { metric: "mean_absolute_error" });
  expect(found?.difference.intervals).toBeDefined();
});
