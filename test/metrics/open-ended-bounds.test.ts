import { expect, it } from "vitest";
import { compareMetrics } from "../../core/metrics/compare.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import { studentQuantile } from "../../core/metrics/quantiles.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { type RandomNumbers, randomNumbers } from "../../tools/coverage/random-numbers.ts";
import { asking, estimated } from "./rows.ts";

const drawn = { levels: LEVELS };
const result = (scored: Scored, metric: MetricSpec, levels = LEVELS) =>
  evaluateMetrics(scored, asking(metric, { ...drawn, levels })).metrics["it"];
const bounds = (scored: Scored, metric: MetricSpec, level: number) => result(scored, metric, [level])?.intervals?.[0];

/** Labels around 20, with errors of a size that `error` draws. */
function rows(random: RandomNumbers, n: number, error: () => number, more: Partial<Scored> = {}): Scored {
  const labels = random.many(n, () => 20 + 3 * random.normal());
  return estimated(
    labels,
    labels.map((label) => label + error()),
    more,
  );
}

/** In how many of 300 seeded samples the truth lies above the upper bound, and below the lower one: shares. */
function misses(metric: MetricSpec, truth: number, level: number, make: (random: RandomNumbers) => Scored) {
  const random = randomNumbers(2026);
  let [above, below] = [0, 0];
  for (let trial = 0; trial < 300; trial++) {
    const found = bounds(make(random), metric, level);
    above += Number(found !== undefined && found.high < truth);
    below += Number(found !== undefined && found.low > truth);
  }
  return { above: above / 300, below: below / 300 };
}

// Of 300 samples, 18 miss by chance with 1 % if 3.5 % are to miss. A bootstrap-t missed in 10 %, 9 % and 6 to 11 %.
const BY_CHANCE = 18 / 300;

it.each([30, 100, 300])("keeps the lower bound of r2 where errors grow with lognormal labels, on %d rows", (n) => {
  const size = Math.sqrt((0.2 * (Math.exp(2) - Math.E)) / Math.exp(2));
  const found = misses({ metric: "r2_score" }, 0.8, 0.025, (random) => {
    const labels = random.many(n, () => Math.exp(random.normal()));
    return estimated(
      labels,
      labels.map((label) => label * (1 + size * random.normal())),
    );
  });
  expect(found.below).toBeLessThanOrEqual(BY_CHANCE);
});

it.each([8, 30, 100])("keeps the upper bound of RMSE where errors have the tails of Student's t, on %d rows", (n) => {
  const truth = Math.sqrt(5 / 3);
  const found = misses({ metric: "root_mean_squared_error" }, truth, 0.025, (random) => rows(random, n, random.t5));
  expect(found.above).toBeLessThanOrEqual(BY_CHANCE);
});

it.each([8, 30, 100])("keeps the upper bound of a mean of lognormal errors, on %d rows", (n) => {
  const metric: MetricSpec = { metric: "mean_absolute_error" };
  const make = (random: RandomNumbers) => rows(random, n, () => Math.exp(random.normal()));
  expect(misses(metric, Math.exp(0.5), 0.025, make).above).toBeLessThanOrEqual(BY_CHANCE);
  expect(misses(metric, Math.exp(0.5), 0.0025, make).above).toBeLessThanOrEqual(0.02);
});

it("keeps the upper bound of a mean of lognormal errors over groups of unequal size", () => {
  const found = misses({ metric: "mean_absolute_error" }, Math.exp(0.5), 0.025, (random) => {
    const groups = random
      .many(12, random.uniform)
      .flatMap((size, at) => Array.from({ length: 5 + Math.floor(31 * size) }, () => `g${at}`));
    const effects = new Map(groups.map((group) => [group, random.normal()]));
    const next = groups[Symbol.iterator]();
    return rows(
      random,
      groups.length,
      () => {
        const shared = effects.get(next.next().value as string) as number;
        return Math.exp(Math.sqrt(0.5) * shared + Math.sqrt(0.5) * random.normal());
      },
      { groups },
    );
  });
  expect(found.above).toBeLessThanOrEqual(BY_CHANCE);
});

it("bounds every level of the ladder, farther out as the level gets stricter", () => {
  const random = randomNumbers(3);
  const scored = rows(random, 100, random.normal);
  for (const metric of [
    "mean_absolute_error",
    "root_mean_squared_error",
    "r2_score",
    "median_absolute_error",
  ] as const) {
    const found = result(scored, { metric })?.intervals ?? [];
    expect(found.map(({ level }) => level)).toEqual(LEVELS);
    const lows = found.map(({ low }) => low);
    const highs = found.map(({ high }) => high);
    expect(lows).toEqual([...lows].sort((a, b) => b - a));
    expect(highs).toEqual([...highs].sort((a, b) => a - b));
  }
});

/** Student's t around the mean of a score per row: from the lower to the upper bound. */
function studentWidth(scores: readonly number[], level: number): number {
  const n = scores.length;
  const mean = scores.reduce((sum, score) => sum + score, 0) / n;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (n - 1);
  return 2 * studentQuantile(1 - level, n - 1) * Math.sqrt(variance / n);
}

it.each([100, 1_000])("is at most 1.3 times as wide as Student's t for normal errors, on %d rows", (n) => {
  const random = randomNumbers(5);
  const scored = rows(random, n, random.normal);
  const errors = scored.labels.map((label, row) => Math.abs((scored.predictions[row] as number) - (label as number)));
  const found = bounds(scored, { metric: "mean_absolute_error" }, 0.025);
  expect((found?.high ?? 9) - (found?.low ?? 0)).toBeLessThan(1.3 * studentWidth(errors, 0.025));
});

it("adds next to nothing to Student's t where the differences of two models are as even as normal ones", () => {
  const random = randomNumbers(6);
  const labels = random.many(200, () => 20 + 3 * random.normal());
  const of = () =>
    estimated(
      labels,
      labels.map((label) => label + random.normal()),
    );
  const [ours, theirs] = [of(), of()];
  const differences = labels.map((label, row) => {
    const size = ({ predictions }: Scored) => Math.abs((predictions[row] as number) - label);
    return size(ours) - size(theirs);
  });
  const options = asking({ metric: "mean_absolute_error" }, { ...drawn, levels: [0.025] });
  const found = compareMetrics(ours, theirs, options).metrics["it"]?.difference.intervals?.[0];
  expect((found?.high ?? 9) - (found?.low ?? 0)).toBeLessThan(1.1 * studentWidth(differences, 0.025));
});

it("bounds RMSE by the roots of the bounds of the mean squared error", () => {
  const random = randomNumbers(7);
  const scored = rows(random, 50, random.normal);
  const squares = bounds(scored, { metric: "mean_squared_error" }, 0.01);
  const roots = bounds(scored, { metric: "root_mean_squared_error" }, 0.01);
  expect((roots?.high ?? 0) ** 2).toBeCloseTo(squares?.high ?? 1, 10);
  expect((roots?.low ?? 0) ** 2).toBeCloseTo(squares?.low ?? 1, 10);
});

it("bounds a median by the order statistics that a fair coin allows", () => {
  const labels = Array.from({ length: 20 }, () => 0);
  const scored = estimated(
    labels,
    labels.map((_label, row) => row + 1),
  );
  // Of 20 tosses at most 5 are heads with 2.1 %, at most 6 with 5.8 %.
  expect(bounds(scored, { metric: "median_absolute_error" }, 0.025)).toMatchObject({ low: 6, high: 15 });
});

it("has no bound of a median at a level that so few rows cannot give, and says from how many on", () => {
  const labels = Array.from({ length: 8 }, () => 0);
  const scored = estimated(
    labels,
    labels.map((_label, row) => row + 1),
  );
  const found = result(scored, { metric: "median_absolute_error" });
  expect(found?.intervals?.map(({ level }) => level)).toEqual([0.1, 0.05, 0.025, 0.01, 0.005]);
  expect(found?.reason).toBe(
    "no interval at a one-sided level of 0.0025 and below: the median of so few rows has no bound; there is one from 9 rows on",
  );
});

it("has no bound of r2 where the rows leave open whether the labels vary, and says from how many on", () => {
  const random = randomNumbers(9);
  const labels = random.many(10, () => Math.exp(2 * random.normal()));
  const found = result(
    estimated(
      labels,
      labels.map((label) => label * (1 + 0.1 * random.normal())),
    ),
    { metric: "r2_score" },
  );
  expect(found?.reason).toMatch(
    /^no interval at a one-sided level of 0\.\d+ and below: labels of so few rows .* from about \d+ rows on/,
  );
});

it("widens a series whose errors follow each other, and blocks of time by what their borders cut", () => {
  const random = randomNumbers(10);
  let error = 0;
  const scored = rows(random, 300, () => {
    error = 0.5 * error + random.normal();
    return error;
  });
  const metric: MetricSpec = { metric: "mean_absolute_error" };
  const width = (of: Scored) => {
    const found = bounds(of, metric, 0.025);
    return (found?.high ?? 0) - (found?.low ?? 0);
  };
  const times = Float64Array.from(scored.labels, (_label, row) => row);
  expect(width({ ...scored, times })).toBeGreaterThan(1.2 * width(scored));
});

it("does not take a gain for certain that one row of 300 undoes in part: more such rows may be missing", () => {
  const random = randomNumbers(11);
  const labels = random.many(300, random.normal);
  const live = estimated(
    labels,
    labels.map((label) => label + 2),
  );
  const candidate = estimated(
    labels,
    labels.map((label, row) => label + (row === 7 ? 31.4 : 1.4 + 0.1 * random.normal())),
  );
  const options = asking({ metric: "mean_absolute_error" }, { ...drawn, levels: [0.025] });
  expect(compareMetrics(candidate, live, options).metrics["it"]?.difference.intervals?.[0]?.high).toBeGreaterThan(0);
});

it("bounds r2 by numbers where errors are too small beside the labels to be told from none", () => {
  const labels = [1, 2, 3, 4, 5, 6, 7, 8];
  const predictions = labels.map((label) => label * (1 + 1e-9));
  const found = result(estimated(labels, predictions), { metric: "r2_score" }, [0.1]);
  expect(found?.intervals).toEqual([{ level: 0.1, low: expect.closeTo(1, 9), high: 1 }]);
});
