import { expect, it } from "vitest";
import { compareMetrics } from "../../core/metrics/compare.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { randomNumbers } from "../../tools/coverage/random-numbers.ts";
import { asking, classified, estimated, ranked } from "./rows.ts";

const drawn = { levels: [0.025] };
const result = (scored: Scored, metric: MetricSpec, more = {}) =>
  evaluateMetrics(scored, asking(metric, { ...drawn, ...more })).metrics["it"];
const interval = (scored: Scored, metric: MetricSpec, more = {}) => result(scored, metric, more)?.intervals?.[0];
const ones = (n: number) => Array.from({ length: n }, () => 1);

it("gives 30 right of 30 a lower bound near Wilson's 0.886, not 1", () => {
  const found = interval(classified(ones(30), ones(30)), { metric: "accuracy_score" });
  expect(found?.high).toBe(1);
  expect(found?.low).toBeGreaterThan(0.85);
  expect(found?.low).toBeLessThan(0.9);
});

it("gives an area of 1 under the ROC curve the width that the smaller class deserves", () => {
  const labels = [...ones(5), ...Array.from({ length: 45 }, () => 0)];
  const found = interval(ranked(labels, labels), { metric: "roc_auc_score" });
  expect(found?.high).toBe(1);
  expect(found?.low).toBeLessThan(0.7);
});

it("lets a perfect recall rest on its positives, not on all rows", () => {
  const labels = [...ones(5), ...Array.from({ length: 495 }, () => 0)];
  const scored = classified(labels, labels);
  expect(interval(scored, { metric: "recall_score" })?.low).toBeLessThan(0.7);
  expect(interval(scored, { metric: "accuracy_score" })?.low).toBeGreaterThan(0.98);
});

it("takes a metric of one's own for a share where every score is 0 or 1", () => {
  const metrics = { pass: { run: "node judge.mjs", "greater-is-better": true } };
  const scored = classified([], ones(20), {
    ids: ones(20).map((_one, row) => String(row)),
    task: "custom",
    own: { pass: new Float64Array(20).fill(1) },
  });
  const found = evaluateMetrics(scored, { ...asking({ metric: "accuracy_score" }, drawn), metrics }).metrics["pass"];
  expect(found?.intervals?.[0]?.low).toBeLessThan(0.9);
});

it("has no interval where equal errors cannot say how far they vary", () => {
  const found = result(estimated([1, 2, 3], [1, 2, 3]), { metric: "mean_absolute_error" });
  expect(found).toMatchObject({ value: 0, reason: expect.stringContaining("every row says the same") });
  expect(found?.intervals).toBeUndefined();
});

const real = randomNumbers(5);
const labels = real.many(30, () => 3 * real.normal());

it.each<MetricSpec>([
  { metric: "mean_absolute_error" },
  { metric: "mean_squared_error" },
  { metric: "root_mean_squared_error" },
  { metric: "mean_pinball_loss", alpha: 0.3 },
  { metric: "explained_variance_score" },
])("takes errors that differ by rounding for equal ones: $metric", (metric) => {
  const found = result(
    estimated(
      labels,
      labels.map((label) => label + 1),
    ),
    metric,
  );
  expect(found?.reason).toContain("every row says the same");
});

it.each<MetricSpec>([
  { metric: "mean_absolute_error" },
  { metric: "root_mean_squared_error" },
  { metric: "mean_absolute_percentage_error" },
  { metric: "r2_score" },
])("takes errors of rounding's size for zero: $metric", (metric) => {
  const found = result(
    estimated(
      labels,
      labels.map((label) => label * (1 + 2 ** -52)),
    ),
    metric,
  );
  expect(found?.reason).toContain("every row says the same");
});

it("knows the rounding of a program that computes in single precision", () => {
  const found = result(
    estimated(
      labels,
      labels.map((label) => Math.fround(label + 1)),
    ),
    { metric: "mean_absolute_error" },
  );
  expect(found?.reason).toContain("every row says the same");
});

it("measures rounding by the size of labels and predictions, not of their difference", () => {
  const large = labels.map((label) => 1e9 + label);
  const constant = estimated(
    large,
    large.map((label) => label + 1e-3),
  );
  expect(result(constant, { metric: "mean_absolute_error" })?.reason).toContain("every row says the same");
  const varying = estimated(
    large,
    large.map((label, row) => label + 1e-3 * (1 + (row % 7))),
  );
  expect(interval(varying, { metric: "mean_absolute_error" })).toBeDefined();
});

it("has no interval for scores of one's own that differ by rounding", () => {
  const metrics = { score: { run: "node judge.mjs", "greater-is-better": true } };
  const own = { score: Float64Array.from(labels, (_label, row) => (row % 2 ? 0.3 : 0.1 + 0.2)) };
  const scored = classified([], labels, { ids: labels.map((_label, row) => String(row)), task: "custom", own });
  const found = evaluateMetrics(scored, { ...asking({ metric: "accuracy_score" }, drawn), metrics }).metrics["score"];
  expect(found?.reason).toContain("every row says the same");
});

it("has no interval where all but a few rows say the same", () => {
  const predictions = labels.map((label, row) => label + (row === 4 ? 0.9 : 1));
  expect(result(estimated(labels, predictions), { metric: "mean_absolute_error" })?.reason).toBe(
    "no interval: 29 of 30 rows say the same, so the others cannot say how far the value varies",
  );
});

it("has no interval for the largest error, and says why", () => {
  expect(result(estimated([1, 2, 3], [1, 3, 5]), { metric: "max_error" })?.reason).toContain("largest error");
});

it("has no interval for one row, or for one group", () => {
  expect(result(classified([1], [1]), { metric: "accuracy_score" })?.reason).toBe(
    "no interval: there is one row alone",
  );
  const grouped = classified([1, 0], [1, 0], { groups: ["a", "a"] });
  expect(result(grouped, { metric: "accuracy_score" })?.reason).toBe("no interval: there is one group alone");
});

it("bounds without a draw, so that it is the same whatever the order of rows", () => {
  const truth = Array.from({ length: 41 }, (_none, row) => Number(row % 3 > 0));
  const guesses = truth.map((label, row) => (row % 4 ? label : 1 - label));
  const errors = guesses.map((guess, row) => guess + ((row * row) % 11) / 4);
  const both = <Item>(items: readonly Item[]) => [items, items.toReversed()] as const;
  const [labels, reversed] = both(truth);
  for (const metric of ["matthews_corrcoef", "accuracy_score"] as const) {
    const [ours, theirs] = both(guesses);
    const found = interval(classified(labels, ours), { metric });
    const other = interval(classified(reversed, theirs), { metric });
    expect(found?.low).toBeCloseTo(other?.low ?? 0, 9);
  }
  for (const metric of ["root_mean_squared_error", "r2_score", "median_absolute_error"] as const) {
    const [ours, theirs] = both(errors);
    const found = interval(estimated(labels, ours), { metric });
    const other = interval(estimated(reversed, theirs), { metric });
    expect(found?.low).toBeCloseTo(other?.low ?? 0, 9);
  }
});

// Clopper and Pearson by rows: [0.899, 0.955]; the cluster-robust t, of groups that differ less than chance lets them: [0.912, 0.950].
it("is as narrow over few groups as the groups are alike", () => {
  const wrong = [1, 2, 2, 2, 3, 4, 1, 2, 2, 3, 1, 2];
  const groups = wrong.flatMap((_count, group) => Array.from({ length: 30 }, () => `g${group}`));
  const predictions = wrong.flatMap((count) => Array.from({ length: 30 }, (_none, row) => Number(row >= count)));
  const labels = predictions.map(() => 1);
  const found = interval(classified(labels, predictions, { groups }), { metric: "accuracy_score" });
  expect(found?.low).toBeGreaterThan(0.895);
  expect(found?.high).toBeLessThan(0.96);
});

it("takes each group for a row where all rows of all groups are right", () => {
  const labels = Array.from({ length: 360 }, () => 1);
  const groups = labels.map((_label, row) => `g${row % 12}`);
  const found = interval(classified(labels, labels, { groups }), { metric: "precision_score" });
  // Clopper and Pearson on 12 of 12: 0.735.
  expect(found?.low).toBeGreaterThan(0.65);
});

it("widens as the level gets stricter, holds the value, and stays in range", () => {
  const random = randomNumbers(8);
  const labels = random.many(60, () => Number(random.chance(0.5)));
  const predictions = labels.map((label) => (random.chance(0.9) ? label : 1 - label));
  for (const metric of ["accuracy_score", "f1_score", "matthews_corrcoef", "cohen_kappa_score"] as const) {
    const found = result(classified(labels, predictions), { metric }, { levels: [0.1, 0.025, 0.005] });
    const [narrow, usual, wide] = found?.intervals ?? [];
    const ends = [wide?.low, usual?.low, narrow?.low, found?.value, narrow?.high, usual?.high, wide?.high];
    expect(ends).toEqual([...ends].sort((a, b) => Number(a) - Number(b)));
    expect(wide?.high).toBeLessThanOrEqual(1);
  }
});

it("is wider by groups than by rows where a group's rows are alike", () => {
  const labels = Array.from({ length: 200 }, () => 1);
  const predictions = labels.map((_label, row) => Number(row % 20 > 3));
  const groups = labels.map((_label, row) => `g${row % 20}`);
  const width = (scored: Scored) => {
    const found = interval(scored, { metric: "accuracy_score" });
    return (found?.high ?? 0) - (found?.low ?? 0);
  };
  expect(width(classified(labels, predictions, { groups }))).toBeGreaterThan(
    2 * width(classified(labels, predictions)),
  );
});

it("records what is independent of each other: rows, groups or blocks of time", () => {
  const scored = classified([1, 0, 1, 0], [1, 0, 1, 1]);
  const method = (more: Partial<Scored>) =>
    evaluateMetrics({ ...scored, ...more }, asking({ metric: "accuracy_score" }, drawn)).method;
  expect(method({})).toMatchObject({ unit: "row", units: 4 });
  expect(method({ groups: ["a", "b", "a", "b"] })).toMatchObject({ unit: "group", units: 2 });
  expect(method({ times: Float64Array.of(4, 3, 2, 1) })).toMatchObject({ unit: "time-block", units: 1 });
});

it("leaves open at a strict level what a looser one leaves open", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomNumbers(seed);
    const numbers = () => Array.from({ length: 10 }, () => random.uniform());
    const [truths, ours, theirs] = [numbers(), numbers(), numbers()];
    const asked = asking({ metric: "median_absolute_error" }, { ...drawn, levels: LEVELS });
    const { metrics } = compareMetrics(estimated(truths, ours), estimated(truths, theirs), asked);
    const found = metrics["it"]?.difference.intervals ?? [];
    const lows = found.map(({ low }) => low);
    expect(lows).toEqual([...lows].sort((a, b) => b - a));
  }
});
