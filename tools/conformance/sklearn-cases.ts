import type { Scored, Value } from "../../core/metrics/scored.ts";
import type { BuiltinMetric } from "../../schemas/metric-spec.ts";
import { randomBits, randomIndex } from "../random-bits.ts";

/** Rows of one kind of nastiness, and the metrics to ask of them. */
export interface Case {
  name: string;
  scored: Scored;
  specs: BuiltinMetric[];
}

interface Random {
  index(below: number): number;
  unit(): number;
}

const KINDS: Record<string, Value[]> = {
  "0 and 1": [0, 1],
  "-1 and 1": [-1, 1],
  "1 and 2": [1, 2],
  booleans: [false, true],
  strings: ["no", "yes"],
  "only 0 of 0 and 1": [0, 1],
  "only 1 of 0 and 1": [0, 1],
  "only yes": ["no", "yes"],
  "only the last of three": ["a", "b", "c"],
  "three numbers": [0, 1, 2],
  "three strings": ["Adelie", "Chinstrap", "Gentoo"],
  "strings of any script": ["Z", "a", "\uFF5A", "\u{1F427}"],
  "seven numbers": [-3, 0, 1, 2, 10, 11, 100],
};
const ONLY: Record<string, number> = {
  "only 0 of 0 and 1": 0,
  "only 1 of 0 and 1": 1,
  "only yes": 1,
  "only the last of three": 2,
};
const SIZES = [1, 4, 40];

/** Cases from a seed: about `rounds` for each kind of label and each number of rows. */
export function casesOf(seed: number, rounds: number): Case[] {
  const bits = randomBits(seed);
  const random: Random = { index: (below) => randomIndex(bits, below), unit: () => bits() / 4294967296 };
  const cases: Case[] = [];
  for (const [kind, classes] of Object.entries(KINDS)) {
    for (const n of SIZES) {
      for (let round = 0; round < rounds; round++) cases.push(classified(kind, classes, n, round, random));
    }
  }
  for (const n of SIZES) for (let round = 0; round < rounds; round++) cases.push(estimated(n, round, random));
  cases.push(classified("0 and 1, many rows", [0, 1], 20_000, 0, random));
  cases.push(classified("three strings, many rows", KINDS["three strings"] as Value[], 20_000, 1, random));
  cases.push(estimated(20_000, 0, random));
  return cases;
}

/** Rounds differ: even and skewed classes, absent ones, tied scores, wrong probabilities, NaN, one score column. */
function classified(kind: string, classes: Value[], n: number, round: number, random: Random): Case {
  const skew = round % 3 === 1 ? 0.97 : 0;
  const absent = round % 4 === 2 && classes.length > 2;
  const draw = (): number => {
    if (ONLY[kind] !== undefined) return ONLY[kind];
    if (random.unit() < skew) return 0;
    return random.index(absent ? classes.length - 1 : classes.length);
  };
  const truth = Array.from({ length: n }, draw);
  const k = classes.length;
  const steps = round % 2 === 0 ? 4 : 1_000_003;
  const values = new Float64Array(n * k);
  truth.forEach((place, row) => {
    const raw = classes.map((_value, column) => random.index(steps) + 0.01 + (column === place ? steps / 3 : 0));
    const sum = raw.reduce((total, value) => total + value, 0);
    raw.forEach((value, column) => {
      values[row * k + column] = value / sum;
    });
  });
  if (round === 3) values.fill(0, 0, 1);
  if (round === 4) values[0] = Number.NaN;
  if (round === 5) values[n * k - 1] = Number.POSITIVE_INFINITY;
  if (round === 6) values[0] = (values[0] as number) + 0.01;
  if (round === 7) values[0] = -0.2;
  const predictions = truth.map((place) => (random.unit() < 0.6 ? place : random.index(k)));
  const single = round % 5 === 3 && k <= 2;
  const scored: Scored = {
    ids: truth.map((_place, row) => String(row)),
    task: "classification",
    labels: truth.map((place) => classes[place] as Value),
    predictions: predictions.map((place) => classes[place] as Value),
    ...(single
      ? { scores: { values: Float64Array.from(truth, (_place, row) => (values[row * k] as number) * 4 - 2) } }
      : k > 1
        ? { probabilities: { classes, values } }
        : {}),
    ...(k === 2 && (typeof classes[0] === "string" || round % 2 === 1)
      ? { positive: classes[round % 2] as Value }
      : {}),
    slices: {},
    own: {},
  };
  if (round === 8) (scored.predictions as Value[]).fill(typeof classes[0] === "string" ? 1 : "one");
  if (round === 9) (scored.labels as Value[])[0] = typeof classes[0] === "string" ? "a stranger" : 77;
  if (round === 10 && typeof classes[0] === "number") (scored.labels as Value[])[0] = 0.5;
  return { name: `${kind}, ${n} rows, round ${round}`, scored, specs: classSpecs(classes, round) };
}

function classSpecs(classes: Value[], round: number): BuiltinMetric[] {
  const some = classes.slice(-2);
  const specs: BuiltinMetric[] = [
    { metric: "accuracy_score" },
    { metric: "accuracy_score", normalize: false },
    { metric: "balanced_accuracy_score" },
    { metric: "balanced_accuracy_score", adjusted: true },
    { metric: "matthews_corrcoef" },
    { metric: "cohen_kappa_score" },
    { metric: "cohen_kappa_score", weights: "linear" },
    { metric: "cohen_kappa_score", weights: "quadratic", replace_undefined_by: 0 },
    { metric: "cohen_kappa_score", labels: [...classes].reverse(), weights: "linear" },
    { metric: "confusion_matrix" },
    { metric: "confusion_matrix", labels: some },
    { metric: "roc_auc_score", max_fpr: 0.3 },
    { metric: "roc_auc_score", max_fpr: 1 },
    { metric: "log_loss" },
    { metric: "log_loss", normalize: false },
    { metric: "brier_score_loss" },
    { metric: "brier_score_loss", scale_by_half: round % 2 === 0 },
    { metric: "top_k_accuracy_score", normalize: round % 2 === 0 },
  ];
  for (const normalize of ["true", "pred", "all"] as const) specs.push({ metric: "confusion_matrix", normalize });
  for (const k of [1, 2, 3, classes.length]) specs.push({ metric: "top_k_accuracy_score", k });
  for (const multi_class of [undefined, "ovr", "ovo"] as const) {
    for (const average of ["macro", "weighted", "micro", "none"] as const) {
      specs.push({ metric: "roc_auc_score", average, ...(multi_class ? { multi_class } : {}) });
    }
  }
  for (const average of ["macro", "weighted", "micro", "none"] as const) {
    specs.push({ metric: "average_precision_score", average });
  }
  specs.push({ metric: "average_precision_score", pos_label: classes[0] as Value });
  if (classes.length === 2) specs.push({ metric: "brier_score_loss", pos_label: classes[round % 2] as Value });
  for (const average of [undefined, "binary", "macro", "micro", "weighted", "none"] as const) {
    for (const zero_division of [undefined, 0, 1, "nan"] as const) {
      const options = { ...(average ? { average } : {}), ...(zero_division === undefined ? {} : { zero_division }) };
      const chosen = average && average !== "binary" && round % 2 === 0 ? { labels: some } : {};
      specs.push({ metric: "precision_score", ...options });
      specs.push({ metric: "recall_score", ...options, ...chosen });
      specs.push({ metric: "f1_score", ...options });
      specs.push({ metric: "fbeta_score", beta: [0, 0.5, 2][round % 3] as number, ...options, ...chosen });
    }
  }
  return specs;
}

/** Rounds differ: plain, exact, constant, huge and tiny, zeros, NaN and infinite. */
function estimated(n: number, round: number, random: Random): Case {
  const truth = Array.from({ length: n }, () => (random.unit() - 0.3) * 10 ** (round % 5));
  const predictions = truth.map((value) => value + (random.unit() - 0.5) * (round % 7));
  if (round === 1) truth.fill(2.5);
  if (round === 2) predictions.splice(0, n, ...truth);
  if (round === 3) truth.fill(0, 0, Math.ceil(n / 2));
  if (round === 4) predictions[0] = Number.NaN;
  if (round === 5) truth[0] = Number.POSITIVE_INFINITY;
  if (round === 6) predictions[n - 1] = 1e200;
  if (round === 7) predictions.splice(0, n, ...truth.fill(4));
  const scored: Scored = {
    ids: truth.map((_value, row) => String(row)),
    task: "regression",
    labels: truth,
    predictions,
    slices: {},
    own: {},
  };
  return {
    name: `numbers, ${n} rows, round ${round}`,
    scored,
    specs: [
      { metric: "mean_absolute_error" },
      { metric: "mean_squared_error" },
      { metric: "root_mean_squared_error" },
      { metric: "r2_score" },
      { metric: "r2_score", force_finite: false },
      { metric: "explained_variance_score" },
      { metric: "explained_variance_score", force_finite: false },
      { metric: "median_absolute_error" },
      { metric: "max_error" },
      { metric: "mean_absolute_percentage_error" },
      { metric: "mean_pinball_loss" },
      { metric: "mean_pinball_loss", alpha: 0.05 },
      { metric: "mean_pinball_loss", alpha: 1 },
    ],
  };
}
