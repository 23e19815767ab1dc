import type { Scored } from "../../core/metrics/scored.ts";
import type { MetricSpec } from "../../schemas/metric-spec.ts";
import { clusterReach, delongReach, exactReach } from "./best-known.ts";
import type { RandomNumbers } from "./random-numbers.ts";
import { probabilityOf, type ScoreModel, truthOf } from "./score-model.ts";
import { type Asked, nothing, type World } from "./world.ts";

const SPECS = {
  accuracy: { metric: "accuracy_score" },
  recall: { metric: "recall_score" },
  precision: { metric: "precision_score" },
  f1: { metric: "f1_score" },
  f2: { metric: "fbeta_score", beta: 2 },
  "macro F1": { metric: "f1_score", average: "macro" },
  "weighted F1": { metric: "f1_score", average: "weighted" },
  "balanced accuracy": { metric: "balanced_accuracy_score" },
  mcc: { metric: "matthews_corrcoef" },
  kappa: { metric: "cohen_kappa_score" },
  auc: { metric: "roc_auc_score" },
  "partial auc": { metric: "roc_auc_score", max_fpr: 0.2 },
  "average precision": { metric: "average_precision_score" },
  brier: { metric: "brier_score_loss" },
} satisfies Record<string, MetricSpec>;
type Name = keyof typeof SPECS;
const ALL = Object.keys(SPECS) as Name[];

// The largest sizes take most of the time: some worlds alone have them.
const ROWS = [8, 20, 50, 100, 300];
const MORE = [...ROWS, 1_000];
const MOST = [...MORE, 2_000];
const QUICK = [20, 100];

/** Labels, and the noise of one model's scores: n each. */
interface Sample {
  labels: number[];
  noise: number[];
}

function scored(model: ScoreModel, { labels, noise }: Sample, more: Partial<Scored> = {}): Scored {
  const values = new Float64Array(2 * labels.length);
  const predictions = labels.map((label, row) => {
    const score = model.apart * label + (noise[row] as number);
    const probability = probabilityOf(model, score);
    values[2 * row] = 1 - probability;
    values[2 * row + 1] = probability;
    return Number(score > model.threshold);
  });
  return {
    ...nothing(labels.length, "classification"),
    labels,
    predictions,
    probabilities: { classes: [0, 1], values },
    ...more,
  };
}

const hit = (label: unknown, prediction: unknown) => Number(label === prediction);
const RESTS_ON: Partial<Record<Name, (label: unknown, prediction: unknown) => boolean>> = {
  accuracy: () => true,
  recall: (label) => label === 1,
  precision: (_label, prediction) => prediction === 1,
};

function askedOf(model: ScoreModel, names: readonly Name[], baseline?: ScoreModel): Record<string, Asked> {
  const truth = truthOf(model);
  const other = baseline && truthOf(baseline);
  return Object.fromEntries(
    names.map((name) => [name, { spec: SPECS[name], truth: truth[name] - (other?.[name] ?? 0), ...bestOf(name) }]),
  );
}

function bestOf(name: Name): Pick<Asked, "best"> {
  if (name === "auc")
    return { best: (rows, baseline) => (rows.groups || rows.times ? undefined : delongReach(rows, baseline)) };
  const restsOn = RESTS_ON[name];
  if (restsOn === undefined) return {};
  return {
    best({ labels, predictions, groups, times }, baseline) {
      if (times) return undefined;
      const of = labels.map((label, row) => Number(restsOn(label, predictions[row])));
      if (baseline) {
        if (name === "precision") return undefined;
        const gained = labels.map(
          (label, row) => (of[row] as number) * (hit(label, predictions[row]) - hit(label, baseline.predictions[row])),
        );
        return clusterReach(gained, of, groups ?? labels.map((_label, row) => String(row)));
      }
      const hits = labels.map((label, row) => (of[row] as number) * hit(label, predictions[row]));
      if (groups) return clusterReach(hits, of, groups);
      const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
      return exactReach(sum(hits), sum(of));
    },
  };
}

function rowsWorld(name: string, model: ScoreModel, sizes = ROWS, names: readonly Name[] = ALL): World {
  return {
    name,
    unit: "row",
    sizes,
    quick: QUICK,
    metrics: askedOf(model, names),
    make: (random, n) => {
      const labels = random.many(n, () => Number(random.chance(model.positive)));
      return scored(model, { labels, noise: random.many(n, random.normal) });
    },
  };
}

/** Noise that several share with `alike` of its variance, the rest being a row's own. */
const mixed = (random: RandomNumbers, common: readonly number[], alike: number) =>
  common.map((value) => Math.sqrt(alike) * value + Math.sqrt(1 - alike) * random.normal());

/** Candidate and baseline on the same rows, their noise correlated by `alike`. */
function pairWorld(
  name: string,
  models: readonly [ScoreModel, ScoreModel],
  alike: number,
  sizes = ROWS,
  names: readonly Name[] = ALL,
): World {
  return {
    name,
    unit: "row",
    sizes,
    quick: QUICK,
    metrics: askedOf(models[0], names, models[1]),
    make: (random, n) => {
      const labels = random.many(n, () => Number(random.chance(models[0].positive)));
      const common = random.many(n, random.normal);
      const one = (model: ScoreModel) => scored(model, { labels, noise: mixed(random, common, alike) });
      return [one(models[0]), one(models[1])];
    },
  };
}

const GROUPS = [8, 12, 30];
const MORE_GROUPS = [...GROUPS, 100, 500];
const QUICK_GROUPS = [12, 30];

/** Groups of `few` to `many` rows. */
function groupsOf(
  random: RandomNumbers,
  size: number,
  few: number,
  many: number,
): { places: number[]; groups: string[] } {
  const places = random
    .many(size, (at) => Array.from({ length: few + Math.floor(random.uniform() * (many - few + 1)) }, () => at))
    .flat();
  return { places, groups: places.map((place) => `g${place}`) };
}

/** A group shifts the scores of its rows by a normal effect with `alike` of the noise's variance. */
function groupsWorld(
  name: string,
  model: ScoreModel,
  alike: number,
  sizes = GROUPS,
  names: readonly Name[] = ALL,
): World {
  return {
    name,
    unit: "group",
    sizes,
    quick: QUICK_GROUPS,
    metrics: askedOf(model, names),
    make: (random, size) => {
      const { places, groups } = groupsOf(random, size, 5, 35);
      const effects = random.many(size, random.normal);
      const labels = places.map(() => Number(random.chance(model.positive)));
      return scored(
        model,
        {
          labels,
          noise: mixed(
            random,
            places.map((place) => effects[place] as number),
            alike,
          ),
        },
        { groups },
      );
    },
  };
}

function groupPairWorld(name: string, models: readonly [ScoreModel, ScoreModel], names: readonly Name[] = ALL): World {
  return {
    name,
    unit: "group",
    sizes: GROUPS,
    quick: QUICK_GROUPS,
    metrics: askedOf(models[0], names, models[1]),
    make: (random, size) => {
      const { places, groups } = groupsOf(random, size, 5, 35);
      const labels = places.map(() => Number(random.chance(models[0].positive)));
      const shared = random.many(size, random.normal);
      const common = mixed(
        random,
        places.map((place) => shared[place] as number),
        0.2,
      );
      const one = (model: ScoreModel) => {
        const own = random.many(size, random.normal);
        const effects = mixed(
          random,
          places.map((place) => own[place] as number),
          0.2,
        );
        const noise = effects.map((effect, row) => Math.sqrt(0.7) * (common[row] as number) + Math.sqrt(0.3) * effect);
        return scored(model, { labels, noise }, { groups });
      };
      return [one(models[0]), one(models[1])];
    },
  };
}

/** Groups with a share of right rows of their own. */
function sharesWorld(
  name: string,
  truth: number,
  share: (random: RandomNumbers) => number,
  rows: readonly [number, number],
  sizes = MORE_GROUPS,
): World {
  return {
    name,
    unit: "group",
    sizes,
    quick: QUICK_GROUPS.filter((each) => sizes.includes(each)),
    metrics: { accuracy: { spec: SPECS.accuracy, truth, ...bestOf("accuracy") } },
    make: (random, size) => {
      const shares = random.many(size, () => share(random));
      const { places, groups } = groupsOf(random, size, ...rows);
      const predictions = places.map((place) => Number(random.chance(shares[place] as number)));
      return { ...nothing(places.length, "classification"), labels: places.map(() => 1), predictions, groups };
    },
  };
}

/** A beta with this mean, whose rows within a group correlate by `alike`. */
const beta = (mean: number, alike: number) => (random: RandomNumbers) =>
  random.beta((mean * (1 - alike)) / alike, ((1 - mean) * (1 - alike)) / alike);

/** Rows in order of time, the noise following the row before by 0.5. */
function timeWorld(name: string, model: ScoreModel, baseline?: ScoreModel, names: readonly Name[] = ALL): World {
  return {
    name,
    unit: "time-block",
    sizes: [8, 30, 60, 200, 1_000],
    quick: [60, 200],
    metrics: askedOf(model, names, baseline),
    make: (random, n) => {
      const labels = random.many(n, () => Number(random.chance(model.positive)));
      const times = Float64Array.from(labels, (_label, row) => row);
      const one = (of: ScoreModel) => scored(of, { labels, noise: following(random, n) }, { times });
      return baseline ? [one(model), one(baseline)] : one(model);
    },
  };
}

function following(random: RandomNumbers, n: number): number[] {
  let value = random.normal();
  return random.many(n, () => {
    value = 0.5 * value + Math.sqrt(0.75) * random.normal();
    return value;
  });
}

const even: ScoreModel = { positive: 0.5, apart: 1.8, threshold: 0.9 };
const good: ScoreModel = { positive: 0.5, apart: 4, threshold: 2 };
const rare: ScoreModel = { positive: 0.03, apart: 2.5, threshold: 2.2 };
const tenth: ScoreModel = { positive: 0.1, apart: 1.8, threshold: 1.8 };
const confident: ScoreModel = { positive: 0.3, apart: 3, threshold: 1.5, sharpness: 3 };
const worse = (model: ScoreModel, by: number): ScoreModel => ({
  ...model,
  apart: model.apart - by,
  threshold: model.threshold - by / 2,
});

export const CLASSIFICATION_WORLDS: readonly World[] = [
  rowsWorld("half positive", even, MOST),
  rowsWorld("half positive, nearly all right", good),
  rowsWorld("10 % positive", tenth, MORE),
  rowsWorld("3 % positive", rare, MOST),
  rowsWorld("30 % positive, too sure", confident, ROWS, ["brier", "auc", "average precision"]),
  pairWorld("two models, half positive", [even, even], 0.5, MOST),
  pairWorld("two models that differ on few rows", [even, even], 0.97),
  pairWorld("two models, nearly all right, one better", [good, worse(good, 0.6)], 0.5),
  pairWorld("two models, 10 % positive", [tenth, tenth], 0.5, MORE),
  pairWorld("two models, 3 % positive, one better", [rare, worse(rare, 0.5)], 0.5),
  groupsWorld("half positive, groups differ", even, 0.2),
  groupsWorld("10 % positive, groups differ", tenth, 0.1, [...GROUPS, 100]),
  groupsWorld("3 % positive, groups differ", rare, 0.1),
  sharesWorld("right in 93 %, groups alike", 0.93, () => 0.93, [30, 30]),
  sharesWorld("right in 93 %, correlated by 0.05", 0.93, beta(0.93, 0.05), [5, 55]),
  sharesWorld("right in 80 %, correlated by 0.2", 0.8, beta(0.8, 0.2), [5, 55]),
  sharesWorld("right in 95 %, correlated by 0.5", 0.95, beta(0.95, 0.5), [5, 55]),
  sharesWorld(
    "a fifth of groups 60 % right, others 97 %",
    0.896,
    (random) => (random.chance(0.2) ? 0.6 : 0.97),
    [5, 55],
    // Of few groups, many samples have hardly any of the bad ones, and look like groups that are alike.
    [100, 500],
  ),
  groupPairWorld("two models, half positive, groups differ", [even, even]),
  groupPairWorld("two models, 10 % positive, groups differ", [tenth, tenth]),
  timeWorld("half positive, in time", even),
  timeWorld("10 % positive, in time", tenth),
  timeWorld("two models, half positive, in time", even, even),
];
