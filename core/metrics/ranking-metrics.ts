import { isSorted } from "./classes.ts";
import { type CompiledMetric, type Frame, type MetricRows, one, type SpecOf } from "./metric-row.ts";
import { partialAuc, winsOver } from "./ranking.ts";
import { badPredictions, listClasses, unfit } from "./refuse.ts";
import {
  checkLabels,
  columnOf,
  positivePlace,
  probabilityColumns,
  rankingColumns,
  type ScoreColumns,
} from "./score-columns.ts";
import type { Value } from "./scored.ts";
import { type Draw, rowMean, type Statistic, summed } from "./statistic.ts";

const share = { kind: "score", range: [0, 1] } as const;
const needsBoth = "the rows hold one class alone, so nothing can be ranked above anything";
const lacksClass = "a class has no rows, so its curve does not exist";

const BY_SCORE = {
  greaterIsBetter: true,
  needs: ["labels", "scores"],
  tasks: ["classification", "custom"],
  takesPositive: () => true,
} as const;

export const RANKING_METRICS = {
  roc_auc_score: {
    ...BY_SCORE,
    shortNames: [
      ...["auc", "auroc", "roc_auc", "roc_auc_ovr", "roc_auc_ovo"],
      ...["roc_auc_ovr_weighted", "roc_auc_ovo_weighted"],
    ],
    defaults: { average: "macro" },
    compile: (frame, spec) => ({ parts: rocAuc(scoresOf(frame), spec) }),
  },
  average_precision_score: {
    ...BY_SCORE,
    shortNames: ["ap", "auprc", "pr_auc", "average_precision"],
    defaults: { average: "macro", pos_label: "1" },
    compile: (frame, spec) => ({ parts: averagePrecision(scoresOf(frame), spec) }),
  },
  top_k_accuracy_score: {
    ...BY_SCORE,
    shortNames: ["top_k_accuracy"],
    defaults: { k: 2, normalize: true },
    compile: (frame, spec) => one(topK(scoresOf(frame), spec)),
  },
} satisfies MetricRows;

// Probabilities rank as scores do, and these columns are then shared with the metrics that need probabilities.
function scoresOf({ scored, share }: Frame): ScoreColumns {
  return share(scored.probabilities ? probabilityColumns : rankingColumns);
}

function rocAuc(columns: ScoreColumns, spec: SpecOf<"roc_auc_score">): CompiledMetric["parts"] {
  checkLabels(columns, spec.labels);
  const size = columns.classes.values.length;
  if (size <= 2) return [{ statistic: binaryAuc(columns, spec.max_fpr) }];
  refuseMulticlass(columns, spec);
  const supports = classSizes(columns);
  const smaller = supports.map((support) => Math.max(1, Math.min(support, columns.n - support)));
  const places = columns.classes.values.map((_value, place) => place);
  const ranks = places.map((place) => columns.ranks(place));
  const present = supports.map((support, place) => ({ support, place })).filter(({ support }) => support > 0);
  if (spec.multi_class === "ovo") {
    const rows = present.length * Math.min(...present.map(({ support }) => support));
    return [
      { statistic: { ...share, rows, value: oneVersusOne(columns, spec.average === "weighted"), reason: needsBoth } },
    ];
  }
  const average = spec.average ?? "macro";
  if (average === "none") {
    return places.map((place) => ({
      class: columns.classes.values[place] as Value,
      statistic: {
        ...share,
        rows: smaller[place] as number,
        value: (draw) => ranks[place]?.(draw).auc ?? Number.NaN,
        reason: lacksClass,
      },
    }));
  }
  if (average === "micro")
    return [
      { statistic: { ...share, rows: columns.n, value: (draw) => columns.pooled()(draw).auc, reason: needsBoth } },
    ];
  const value = (draw: Draw): number => {
    let sum = 0;
    let weights = 0;
    for (const rank of ranks) {
      const { auc, positives } = rank(draw);
      const weight = average === "weighted" ? positives : 1;
      if (weight > 0) sum += weight * auc;
      weights += weight;
    }
    return sum / weights;
  };
  return [{ statistic: { ...share, rows: size * Math.min(...smaller), value, reason: lacksClass } }];
}

function binaryAuc(columns: ScoreColumns, maxFpr: number | undefined): Statistic {
  const place = positivePlace(columns);
  const positives = columns.places.reduce((sum, at) => sum + Number(at === place), 0);
  const about = { ...share, rows: Math.max(1, Math.min(positives, columns.n - positives)), reason: needsBoth };
  if (maxFpr !== undefined && maxFpr < 1) {
    return { ...about, value: partialAuc(columns.ranking(columnOf(columns, place)), columns.sides(place), maxFpr) };
  }
  const ranks = columns.ranks(place);
  return { ...about, value: (draw) => ranks(draw).auc };
}

function refuseMulticlass(columns: ScoreColumns, spec: SpecOf<"roc_auc_score">): void {
  const found = `${columns.classes.values.length} classes: ${listClasses(columns.classes.values)}`;
  if (spec.multi_class === undefined) {
    throw unfit(
      "roc_auc_score with three or more classes needs multi_class.",
      "multi_class: ovr or ovo",
      found,
      "Add `multi_class: ovr` to the metric.",
    );
  }
  if (spec.multi_class === "ovo" && (spec.average === "micro" || spec.average === "none")) {
    throw unfit(
      `roc_auc_score has no average: ${spec.average} with multi_class: ovo.`,
      "average: macro or weighted",
      spec.average,
      "Choose such an average, or `multi_class: ovr`.",
    );
  }
  if (spec.max_fpr !== undefined && spec.max_fpr !== 1) {
    throw unfit("max_fpr is for two classes.", "no max_fpr", found, "Leave `max_fpr` out.");
  }
  refuseUnordered(columns, spec.labels);
  for (let row = 0; row < columns.n; row++) {
    let sum = 0;
    for (let column = 0; column < columns.width; column++)
      sum += columns.values[row * columns.width + column] as number;
    // numpy.allclose(1, sum): an absolute 1e-8 and a relative 1e-5.
    if (Math.abs(1 - sum) <= 1e-8 + 1e-5 * Math.abs(sum)) continue;
    throw badPredictions(
      "roc_auc_score with three or more classes needs probabilities that sum to 1.",
      "rows of proba_<class> that sum to 1 within 1e-5",
      `a row that sums to ${sum}`,
      "Let predict write columns proba_<class>, with all the digits it has.",
    );
  }
}

function refuseUnordered(columns: ScoreColumns, labels: SpecOf<"roc_auc_score">["labels"]): void {
  if (labels === undefined || isSorted(labels)) return;
  const classes = listClasses(columns.classes.values);
  throw unfit("`labels` must be in order.", classes, listClasses(labels), "Leave `labels` out.");
}

/** Hand and Till (2001): the mean over pairs of classes of how well each is told from the other. */
function oneVersusOne(columns: ScoreColumns, weighted: boolean): (draw: Draw) => number {
  const size = columns.classes.values.length;
  const wins = columns.classes.values.map((_value, place) =>
    winsOver(columns.ranking(place), columns.places, place, size),
  );
  const ranks = columns.classes.values.map((_value, place) => columns.ranks(place));
  return (draw) => {
    const support = ranks.map((rank) => rank(draw).positives);
    const won = wins.map((win) => win(draw));
    let sum = 0;
    let weights = 0;
    for (let a = 0; a < size; a++) {
      for (let b = a + 1; b < size; b++) {
        const pairs = (support[a] as number) * (support[b] as number);
        if (pairs === 0) continue;
        const weight = weighted ? (support[a] as number) + (support[b] as number) : 1;
        sum += (weight * ((won[a]?.[b] as number) + (won[b]?.[a] as number))) / (2 * pairs);
        weights += weight;
      }
    }
    return sum / weights;
  };
}

function averagePrecision(columns: ScoreColumns, spec: SpecOf<"average_precision_score">): CompiledMetric["parts"] {
  const size = columns.classes.values.length;
  const supports = classSizes(columns);
  if (size <= 2) {
    const place = positivePlace(columns, spec.pos_label ?? columns.positive ?? 1);
    const ranks = columns.ranks(place);
    const rows = Math.max(1, supports[place] ?? 1);
    return [
      {
        statistic: {
          ...share,
          rows,
          value: (draw) => ranks(draw).averagePrecision,
          reason: "no row is of the positive class",
        },
      },
    ];
  }
  if (spec.pos_label !== undefined && spec.pos_label !== 1) {
    throw unfit(
      "pos_label is for two classes.",
      "no pos_label",
      `${size} classes: ${listClasses(columns.classes.values)}`,
      "Leave `pos_label` out, or set `average: none` for a value per class.",
    );
  }
  const average = spec.average ?? "macro";
  const ranks = columns.classes.values.map((_value, place) => columns.ranks(place));
  if (average === "none") {
    return columns.classes.values.map((value, place) => ({
      class: value,
      statistic: {
        ...share,
        rows: Math.max(1, supports[place] as number),
        value: (draw) => ranks[place]?.(draw).averagePrecision ?? Number.NaN,
        reason: lacksClass,
      },
    }));
  }
  const complete = supports.every((support) => support > 0);
  if (average === "micro") {
    const value = (draw: Draw): number => (complete ? columns.pooled()(draw).averagePrecision : Number.NaN);
    return [{ statistic: { ...share, rows: columns.n, value, reason: lacksClass } }];
  }
  const value = (draw: Draw): number => {
    let sum = 0;
    let weights = 0;
    for (const rank of ranks) {
      const { averagePrecision, positives } = rank(draw);
      const weight = average === "weighted" ? positives : 1;
      sum += weight * averagePrecision;
      weights += weight;
    }
    return sum / weights;
  };
  return [{ statistic: { ...share, rows: size * Math.max(1, Math.min(...supports)), value, reason: lacksClass } }];
}

/** Whether the true class is among the k best; among equal scores the later class wins, as in scikit-learn. */
function topK(columns: ScoreColumns, spec: SpecOf<"top_k_accuracy_score">): Statistic {
  checkLabels(columns, spec.labels);
  const k = spec.k ?? 2;
  const hits = new Float64Array(columns.n);
  const { values, width, places } = columns;
  if (columns.classes.values.length <= 2) {
    const place = positivePlace(columns, columns.positive ?? spec.labels?.[1]);
    if (place < 0 && columns.positive === undefined && spec.labels === undefined) {
      return {
        ...share,
        rows: 1,
        value: () => Number.NaN,
        reason: "one class alone, and no `positive` to say what the score ranks",
      };
    }
    const column = columnOf(columns, place);
    const scores = Float64Array.from(hits, (_hit, row) => values[row * width + column] as number);
    const threshold = scores.every((score) => score >= 0 && score <= 1) ? 0.5 : 0;
    for (let row = 0; row < columns.n; row++) {
      hits[row] = Number(k > 1 || (scores[row] as number) > threshold === (places[row] === place));
    }
  } else {
    refuseUnordered(columns, spec.labels);
    for (let row = 0; row < columns.n; row++) {
      const truth = places[row] as number;
      const score = values[row * width + truth] as number;
      let better = 0;
      for (let column = 0; column < width; column++) {
        const other = values[row * width + column] as number;
        if (other > score || (other === score && column > truth)) better += 1;
      }
      hits[row] = Number(better < k);
    }
  }
  const mean = rowMean(hits, share);
  return spec.normalize === false ? summed(mean, columns.n) : mean;
}

function classSizes(columns: ScoreColumns): number[] {
  const sizes = columns.classes.values.map(() => 0);
  for (const place of columns.places) sizes[place] = (sizes[place] as number) + 1;
  return sizes;
}
