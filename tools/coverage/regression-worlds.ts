import { studentQuantile } from "../../core/metrics/quantiles.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import type { RandomNumbers } from "./random-numbers.ts";
import { type Asked, evenly, nothing, type Reach, type World } from "./world.ts";

const SPECS = {
  mae: { metric: "mean_absolute_error" },
  mse: { metric: "mean_squared_error" },
  rmse: { metric: "root_mean_squared_error" },
  mape: { metric: "mean_absolute_percentage_error" },
  pinball: { metric: "mean_pinball_loss", alpha: 0.5 },
  medae: { metric: "median_absolute_error" },
  r2: { metric: "r2_score" },
  "explained variance": { metric: "explained_variance_score" },
  own: { run: "node score.mjs", "greater-is-better": true },
} satisfies Record<string, MetricSpec>;
type Name = keyof typeof SPECS;
/** The others follow from these: a mean, a root and a ratio of squares, a median, and signed scores. */
const MAIN: readonly Name[] = ["mae", "rmse", "medae", "r2", "own"];
const OTHERS: readonly Name[] = ["mse", "mape", "pinball", "explained variance"];

/** Errors made of a standard normal one: signed errors, and the scores of an own metric. */
interface Errors {
  name: string;
  error(normal: number, random: RandomNumbers): number;
  score(normal: number, random: RandomNumbers): number;
  /** Of the population: the mean and the median of the errors' sizes, the mean of their squares, the mean score. */
  mean: number;
  median: number;
  square: number;
  meanScore: number;
}

const signed = (size: number, random: RandomNumbers) => (random.chance(0.5) ? size : -size);
const NORMAL: Errors = {
  name: "normal errors",
  error: (normal) => normal,
  score: (normal) => normal,
  mean: Math.sqrt(2 / Math.PI),
  median: 0.6744898,
  square: 1,
  meanScore: 0,
};
const t5 = (normal: number, random: RandomNumbers) => normal / Math.sqrt(random.gamma(2.5) / 2.5);
const T5: Errors = {
  name: "errors of Student's t with 5 degrees",
  error: t5,
  score: t5,
  mean: 0.9490375,
  median: 0.7266868,
  square: 5 / 3,
  meanScore: 0,
};
const LOGNORMAL: Errors = {
  name: "lognormal errors",
  error: (normal, random) => signed(Math.exp(normal), random),
  score: Math.exp,
  mean: Math.exp(0.5),
  median: 1,
  square: Math.exp(2),
  meanScore: Math.exp(0.5),
};
const KINDS = [NORMAL, T5, LOGNORMAL];

const LABELS = { mean: 20, deviation: 3 };
/** The mean of 1 ÷ label. */
const INVERSE = (() => {
  const step = 1e-3;
  let sum = 0;
  for (let x = -6; x < 6; x += step)
    sum += (step * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI) / (LABELS.mean + LABELS.deviation * x);
  return sum;
})();

function truthOf({ mean, median, square, meanScore }: Errors, scale = 1): Record<Name, number> {
  const explained = 1 - (scale * scale * square) / LABELS.deviation ** 2;
  return {
    mae: scale * mean,
    mse: scale * scale * square,
    rmse: scale * Math.sqrt(square),
    mape: scale * mean * INVERSE,
    pinball: (scale * mean) / 2,
    medae: scale * median,
    r2: explained,
    "explained variance": explained,
    own: scale * meanScore,
  };
}

function askedOf(kind: Errors, names: readonly Name[], scales?: readonly [number, number]): Record<string, Asked> {
  const [ours, theirs] = (scales ?? [1]).map((scale) => truthOf(kind, scale));
  return Object.fromEntries(
    names.map((name) => {
      const best: Asked["best"] = (rows, baseline) => studentReach(name, rows, baseline);
      return [name, { spec: SPECS[name], truth: (ours?.[name] as number) - (theirs?.[name] ?? 0), best }];
    }),
  );
}

/** Student's t with the standard error of the value, over rows or over groups: what holds if the world is normal. */
function studentReach(name: Name, rows: Scored, baseline: Scored | undefined): Reach | undefined {
  if (name === "medae" || rows.times) return undefined;
  const ours = influenceOf(name, rows);
  const theirs = baseline && influenceOf(name, baseline);
  const sums = new Map<string, number>();
  ours.forEach((value, row) => {
    const group = rows.groups?.[row] ?? String(row);
    sums.set(group, (sums.get(group) ?? 0) + value - (theirs?.[row] ?? 0));
  });
  const units = sums.size;
  const squares = [...sums.values()].reduce((sum, each) => sum + each * each, 0);
  return evenly((studentQuantile(0.975, units - 1) * Math.sqrt((squares * units) / (units - 1))) / ours.length);
}

function influenceOf(name: Name, { labels, predictions, own }: Scored): number[] {
  const truth = labels as number[];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const errors = truth.map((label, row) => (predictions[row] as number) - label);
  const centred = (values: readonly number[]) => {
    const centre = mean(values);
    return values.map((value) => value - centre);
  };
  const squares = errors.map((error) => error * error);
  if (name === "own") return centred([...(own["own"] as Float64Array)]);
  if (name === "mae") return centred(errors.map(Math.abs));
  if (name === "pinball") return centred(errors.map((error) => Math.abs(error) / 2));
  if (name === "mape") return centred(errors.map((error, row) => Math.abs(error / (truth[row] as number))));
  if (name === "mse") return centred(squares);
  const square = mean(squares);
  if (name === "rmse") return centred(squares).map((each) => each / (2 * Math.sqrt(square)));
  const spread = centred(truth).map((each) => each * each);
  const explainable = mean(spread);
  const ratio = square / explainable;
  return squares.map((each, row) => (ratio * (spread[row] as number) - each) / explainable);
}

/** Rows with these errors; in order of time, or in groups, where `more` says so. */
function rowsOf(kind: Errors, random: RandomNumbers, normals: readonly number[], labels: readonly number[], scale = 1) {
  const errors = normals.map((normal) => scale * kind.error(normal, random));
  return {
    ...nothing(labels.length, "regression"),
    labels,
    predictions: labels.map((label, row) => label + (errors[row] as number)),
    own: { own: Float64Array.from(normals, (normal) => scale * kind.score(normal, random)) },
  };
}

const labelsOf = (random: RandomNumbers, n: number) =>
  random.many(n, () => LABELS.mean + LABELS.deviation * random.normal());

const ROWS = [8, 12, 20, 30, 50, 100, 300, 1_000, 2_000];
const QUICK = [20, 100];
const GROUPS = [8, 12, 30, 100, 500];
const TIMES = [30, 60, 100, 300, 1_000, 2_000];
/** Of comparisons, and of metrics that follow from others. */
const FEWER: Record<World["unit"], readonly number[]> = {
  row: [8, 20, 50, 100, 300, 1_000],
  group: [8, 12, 30, 100],
  "time-block": [30, 60, 200, 1_000],
};

type Standing = Pick<World, "unit" | "sizes" | "quick"> & {
  name: string;
  /** Standard normal values, n, as alike as the units make them; and what says so of the rows. */
  draw(random: RandomNumbers, size: number): { normals(): number[]; more: Partial<Scored>; n: number };
};

const INDEPENDENT: Standing = {
  name: "",
  unit: "row",
  sizes: ROWS,
  quick: QUICK,
  draw: (random, size) => ({ n: size, more: {}, normals: () => random.many(size, random.normal) }),
};

/** Three tenths of the variance are the group's. Many groups are small, so that the simulation ends. */
const GROUPED: Standing = {
  name: ", groups differ",
  unit: "group",
  sizes: GROUPS,
  quick: [12, 30],
  draw(random, size) {
    const [few, more] = size > 100 ? [2, 5] : [5, 31];
    const places = random
      .many(size, (at) => Array.from({ length: few + Math.floor(more * random.uniform()) }, () => at))
      .flat();
    return {
      n: places.length,
      more: { groups: places.map((place) => `g${place}`) },
      normals() {
        const effects = random.many(size, random.normal);
        return places.map((place) => Math.sqrt(0.3) * (effects[place] as number) + Math.sqrt(0.7) * random.normal());
      },
    };
  },
};

/** Each error follows the one before by a half. */
const IN_TIME: Standing = {
  name: ", in time",
  unit: "time-block",
  sizes: TIMES,
  quick: [60, 300],
  draw: (random, size) => ({
    n: size,
    more: { times: Float64Array.from({ length: size }, (_none, row) => row) },
    normals() {
      let value = random.normal();
      return random.many(size, () => {
        value = 0.5 * value + Math.sqrt(0.75) * random.normal();
        return value;
      });
    },
  }),
};

function world(kind: Errors, standing: Standing, names: readonly Name[] = MAIN): World {
  return {
    ...standing,
    name: `${kind.name}${standing.name}${names === MAIN ? "" : ", more metrics"}`,
    sizes: names === MAIN ? standing.sizes : FEWER[standing.unit],
    metrics: askedOf(kind, names),
    make(random, size) {
      const { n, more, normals } = standing.draw(random, size);
      return { ...rowsOf(kind, random, normals(), labelsOf(random, n)), ...more };
    },
  };
}

/** Candidate and baseline on the same rows, half of the variance of their errors in common. */
function pairWorld(kind: Errors, standing: Standing, scale: number): World {
  const which = scale === 1 ? "two models" : "two models, one better";
  return {
    ...standing,
    name: `${which}, ${kind.name}${standing.name}`,
    sizes: FEWER[standing.unit],
    metrics: askedOf(kind, MAIN, [scale, 1]),
    make(random, size) {
      const { n, more, normals } = standing.draw(random, size);
      const labels = labelsOf(random, n);
      const common = normals();
      const one = (by: number) => {
        const own = normals();
        const mixed = common.map((value, row) => (value + (own[row] as number)) / Math.SQRT2);
        return { ...rowsOf(kind, random, mixed, labels, by), ...more };
      };
      return [one(scale), one(1)];
    },
  };
}

/** Lognormal labels, with errors as large as they are: 80 % explained. */
const GROWING: World = {
  name: "errors that grow with lognormal labels",
  unit: "row",
  sizes: ROWS,
  quick: QUICK,
  metrics: {
    r2: { spec: SPECS.r2, truth: 0.8 },
    "explained variance": { spec: SPECS["explained variance"], truth: 0.8 },
  },
  make(random, n) {
    const labels = random.many(n, () => Math.exp(random.normal()));
    const size = Math.sqrt((0.2 * (Math.exp(2) - Math.E)) / Math.exp(2));
    const predictions = labels.map((label) => label * (1 + size * random.normal()));
    return { ...nothing(n, "regression"), labels, predictions };
  },
};

/** Losses of a probability: exponential, and of a model that is sure and mostly right (gamma, shape 0.3). */
function lossWorld(name: string, shape: number): World {
  return {
    name,
    unit: "row",
    sizes: ROWS,
    quick: QUICK,
    metrics: { "log loss": { spec: { metric: "log_loss" }, truth: shape } },
    make(random, n) {
      const labels = random.many(n, (row) => row % 2);
      const values = new Float64Array(2 * n);
      labels.forEach((label, row) => {
        const right = Math.exp(-random.gamma(shape));
        values[2 * row + label] = right;
        values[2 * row + 1 - label] = 1 - right;
      });
      return {
        ...nothing(n, "classification"),
        labels,
        predictions: labels,
        probabilities: { classes: [0, 1], values },
      };
    },
  };
}

export const REGRESSION_WORLDS: readonly World[] = [
  ...[INDEPENDENT, GROUPED, IN_TIME].flatMap((standing) => KINDS.map((kind) => world(kind, standing))),
  ...KINDS.map((kind) => world(kind, INDEPENDENT, OTHERS)),
  GROWING,
  lossWorld("exponential losses", 1),
  lossWorld("losses of a sure model", 0.3),
  ...KINDS.map((kind) => pairWorld(kind, INDEPENDENT, 1)),
  pairWorld(NORMAL, INDEPENDENT, 0.7),
  ...[GROUPED, IN_TIME].flatMap((standing) => [NORMAL, LOGNORMAL].map((kind) => pairWorld(kind, standing, 1))),
];
