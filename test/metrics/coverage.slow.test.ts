import { expect, it } from "vitest";
import { compareMetrics } from "../../core/metrics/compare.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { randomNumbers } from "../../tools/coverage/random-numbers.ts";
import { asking, classified, estimated, ranked } from "./rows.ts";

const TRIALS = 400;
const drawn = { levels: [0.025] };
type Random = ReturnType<typeof randomNumbers>;

/** The share of seeded trials whose nominal 95 % interval holds the truth; its own standard error is about 0.011. */
function coverage(truth: number, metric: MetricSpec, make: (random: Random) => Scored | [Scored, Scored]): number {
  const random = randomNumbers(2026);
  let held = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const made = make(random);
    const options = asking(metric, drawn);
    const interval = Array.isArray(made)
      ? compareMetrics(...made, options).metrics["it"]?.difference.intervals?.[0]
      : evaluateMetrics(made, options).metrics["it"]?.intervals?.[0];
    if (interval && interval.low <= truth && truth <= interval.high) held += 1;
  }
  return held / TRIALS;
}

const right = (random: Random, n: number, p: number): Scored => {
  const labels = random.many(n, () => Number(random.chance(0.5)));
  return classified(
    labels,
    labels.map((label) => (random.chance(p) ? label : 1 - label)),
  );
};

it.each([0.8, 0.95, 0.99])("holds an accuracy of %d on 30 rows", (p) => {
  expect(coverage(p, { metric: "accuracy_score" }, (random) => right(random, 30, p))).toBeGreaterThanOrEqual(0.93);
});

it("holds a recall of 0.9 in a slice of 12 rows", () => {
  expect(coverage(0.9, { metric: "recall_score" }, (random) => right(random, 12, 0.9))).toBeGreaterThanOrEqual(0.93);
});

// With normal scores d apart, the area under the ROC curve is Φ(d ÷ √2).
it.each([
  [1.2, 0.80193],
  [2.5, 0.96144],
])("holds the area under the ROC curve on 50 rows, classes %d apart", (apart, area) => {
  const make = (random: Random) => {
    const labels = Array.from({ length: 50 }, (_none, row) => row % 2);
    return ranked(
      labels,
      labels.map((label) => random.normal() + apart * label),
    );
  };
  expect(coverage(area, { metric: "roc_auc_score" }, make)).toBeGreaterThanOrEqual(0.93);
});

// 0.92, not 0.93, for the second: with this skew a sample of 30 often holds none of the rows that make the mean.
it.each([
  [0.5, 0.93],
  [1, 0.92],
])("holds the mean of lognormal errors (sigma %d) on 30 rows", (sigma, least) => {
  const make = (random: Random) => {
    const truth = random.many(30, random.normal);
    return estimated(
      truth,
      truth.map((value) => value + Math.exp(sigma * random.normal())),
    );
  };
  expect(coverage(Math.exp(sigma ** 2 / 2), { metric: "mean_absolute_error" }, make)).toBeGreaterThanOrEqual(least);
});

it("holds r2_score on 30 rows", () => {
  const make = (random: Random) => {
    const truth = random.many(30, () => 3 * random.normal());
    return estimated(
      truth,
      truth.map((value) => value + random.normal()),
    );
  };
  // The labels' variance is 9, the errors' is 1.
  expect(coverage(1 - 1 / 9, { metric: "r2_score" }, make)).toBeGreaterThanOrEqual(0.93);
});

function clustered(random: Random): Scored {
  const groups = Array.from({ length: 240 }, (_none, row) => `g${row % 24}`);
  const skill = random.many(24, () => (random.chance(0.5) ? 0.95 : 0.55));
  return classified(
    groups.map(() => 1),
    groups.map((_group, row) => Number(random.chance(skill[row % 24] as number))),
    { groups },
  );
}

it("holds an accuracy over groups whose rows are alike, where rows taken one by one do not", () => {
  const byGroup = coverage(0.75, { metric: "accuracy_score" }, clustered);
  const byRow = coverage(0.75, { metric: "accuracy_score" }, (random) => {
    const { groups: _groups, ...rows } = clustered(random);
    return rows;
  });
  expect(byGroup).toBeGreaterThanOrEqual(0.93);
  expect(byRow).toBeLessThan(0.9);
});

function autoregressive(random: Random): Scored {
  let error = random.normal() / Math.sqrt(1 - 0.5 ** 2);
  const errors = random.many(200, () => {
    error = 0.5 * error + random.normal();
    return error * Math.sqrt(1 - 0.5 ** 2);
  });
  const truth = errors.map(() => 0);
  return estimated(truth, errors, { times: Float64Array.from(errors, (_error, at) => at) });
}

// Blocks of 12 rows miss about a tenth of this series' variance, so a little less than nominal is what they can promise.
it("holds the mean error of a series whose errors follow each other, to 0.92", () => {
  expect(coverage(Math.sqrt(2 / Math.PI), { metric: "mean_absolute_error" }, autoregressive)).toBeGreaterThanOrEqual(
    0.92,
  );
});

it("holds a difference of nothing between two classifiers on the same 40 rows", () => {
  const make = (random: Random): [Scored, Scored] => {
    const candidate = right(random, 40, 0.85);
    const other = (label: number) => (random.chance(0.85) ? label : 1 - label);
    const predictions = candidate.labels.map((label, row) =>
      random.chance(0.5) ? other(Number(label)) : (candidate.predictions[row] as number),
    );
    return [candidate, { ...candidate, predictions }];
  };
  expect(coverage(0, { metric: "accuracy_score" }, make)).toBeGreaterThanOrEqual(0.93);
});

it("holds a difference of nothing between two skewed regressions on the same 30 rows", () => {
  const make = (random: Random): [Scored, Scored] => {
    const truth = random.many(30, random.normal);
    const common = truth.map(() => Math.exp(0.8 * random.normal()));
    const one = () =>
      estimated(
        truth,
        truth.map((value, row) => value + (common[row] as number) * Math.exp(0.3 * random.normal())),
      );
    return [one(), one()];
  };
  expect(coverage(0, { metric: "mean_absolute_error" }, make)).toBeGreaterThanOrEqual(0.93);
});
