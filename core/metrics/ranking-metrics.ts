import { isSorted } from "./classes.ts";
import { type CompiledMetric, type Frame, type MetricRows, one, type SpecOf } from "./metric-row.ts";
import { partialAuc, winsOver } from "./ranking.ts";
import {
  addAucInfluence,
  addPairInfluence,
  addPartialAucInfluence,
  addPrecisionInfluence,
} from "./ranking-influence.ts";
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
const area = { ...share, unseen: 0.6 } as const;
const needsBoth = "the rows hold one class alone, so nothing can be ranked above anything";
const lacksClass = "a class has no rows, so its curve does not exist";

const BY_SCORE = {
  greaterIsBetter: true,
  needs: ["labels", "scores"],
  tasks: ["classification", "custom"],
  takesPositive: () => true,
  range: share.range,
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
    return [{ statistic: { ...area, rows, ...oneVersusOne(columns, spec.average === "weighted"), reason: needsBoth } }];
  }
  const average = spec.average ?? "macro";
  if (average === "none") {
    return places.map((place) => ({
      class: columns.classes.values[place] as Value,
      statistic: {
        ...area,
        rows: smaller[place] as number,
        value: (draw) => ranks[place]?.(draw).auc ?? Number.NaN,
        influence: ofClasses(columns, "auc", (at) => Number(at === place)),
        reason: lacksClass,
      },
    }));
  }
  if (average === "micro")
    return [
      {
        statistic: {
          ...{ ...area, rows: columns.n, reason: needsBoth },
          value: (draw) => columns.pooled()(draw).auc,
          influence: ofCells(columns, addAucInfluence),
        },
      },
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
  const influence = averageInfluence(columns, "auc", average === "weighted");
  return [{ statistic: { ...area, rows: size * Math.min(...smaller), value, influence, reason: lacksClass } }];
}

/** Each row's influence on a sum over classes of `weightOf` times one class's value against the rest. */
function ofClasses(
  columns: ScoreColumns,
  kind: "auc" | "averagePrecision",
  weightOf: (place: number, draw: Draw) => number,
): NonNullable<Statistic["influence"]> {
  const add = kind === "auc" ? addAucInfluence : addPrecisionInfluence;
  return (draw, _value, out) => {
    out.fill(0);
    columns.classes.values.forEach((_value, place) => {
      const weight = weightOf(place, draw);
      if (weight !== 0) add(columns.ranking(columnOf(columns, place)), columns.sides(place), draw, out, weight);
    });
  };
}

/** Over the cells of all columns, as a micro average ranks them. */
function ofCells(columns: ScoreColumns, add: typeof addAucInfluence): NonNullable<Statistic["influence"]> {
  return (draw, _value, out) => {
    const ranking = columns.ranking(undefined);
    const own = (row: number, i: number) => Number(columns.places[row] === ranking.columns[i]);
    add(ranking, Uint8Array.from(ranking.order, own), draw, out.fill(0));
  };
}

/** Over an average of classes: `weighted` by their rows, each row then moves the weights too. */
function averageInfluence(
  columns: ScoreColumns,
  kind: "auc" | "averagePrecision",
  weighted: boolean,
): NonNullable<Statistic["influence"]> {
  const size = columns.classes.values.length;
  const ranks = columns.classes.values.map((_value, place) => columns.ranks(place));
  const weightOf = (place: number, draw: Draw) =>
    weighted ? (ranks[place]?.(draw).positives as number) / draw.total : 1 / size;
  const influence = ofClasses(columns, kind, weightOf);
  return (draw, value, out) => {
    influence(draw, value, out);
    if (!weighted) return;
    const values = ranks.map((rank) => rank(draw)[kind]);
    for (let row = 0; row < out.length; row++)
      out[row] = (out[row] as number) + (values[columns.places[row] as number] as number) - value;
  };
}

function binaryAuc(columns: ScoreColumns, maxFpr: number | undefined): Statistic {
  const place = positivePlace(columns);
  const positives = columns.places.reduce((sum, at) => sum + Number(at === place), 0);
  const about = { ...area, rows: Math.max(1, Math.min(positives, columns.n - positives)), reason: needsBoth };
  if (maxFpr !== undefined && maxFpr < 1) {
    const [ranking, sides] = [columns.ranking(columnOf(columns, place)), columns.sides(place)];
    return {
      ...about,
      value: partialAuc(ranking, sides, maxFpr),
      influence: (draw, _value, out) => addPartialAucInfluence(ranking, sides, draw, out.fill(0), maxFpr),
    };
  }
  const ranks = columns.ranks(place);
  const influence = ofClasses(columns, "auc", (at) => Number(at === place));
  return { ...about, value: (draw) => ranks(draw).auc, influence };
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
function oneVersusOne(columns: ScoreColumns, weighted: boolean): Pick<Statistic, "value" | "influence"> {
  const places = columns.classes.values.map((_value, place) => place);
  const size = places.length;
  const wins = places.map((place) => winsOver(columns.ranking(place), columns.places, place, size));
  const ranks = places.map((place) => columns.ranks(place));
  const sizesOf = (draw: Draw) => Float64Array.from(ranks, (rank) => rank(draw).positives);
  const weightOf = (sizes: Float64Array, a: number, b: number): number => {
    const [ofA, ofB] = [sizes[a] as number, sizes[b] as number];
    if (a === b || ofA * ofB === 0) return 0;
    return weighted ? ofA + ofB : 1;
  };
  const pairs = (draw: Draw) => {
    const sizes = sizesOf(draw);
    const won = wins.map((win) => win(draw).slice());
    const weights = places.map((a) => Float64Array.from(places, (b) => weightOf(sizes, a, b)));
    const areas = places.map((a) =>
      Float64Array.from(places, (b) => {
        const both = (won[a]?.[b] as number) + (won[b]?.[a] as number);
        return both / (2 * (sizes[a] as number) * (sizes[b] as number));
      }),
    );
    return { sizes, weights, areas, sum: weights.reduce((all, row) => row.reduce((sum, each) => sum + each, all), 0) };
  };
  return {
    value(draw) {
      const { weights, areas, sum } = pairs(draw);
      let value = 0;
      for (const [a, row] of weights.entries())
        for (const [b, weight] of row.entries()) if (weight > 0) value += weight * (areas[a]?.[b] as number);
      return value / sum;
    },
    influence(draw, value, out) {
      const { sizes, weights, areas, sum } = pairs(draw);
      out.fill(0);
      for (const own of places) {
        const scaled = (weights[own] as Float64Array).map((weight) => weight / sum);
        addPairInfluence(columns.ranking(own), { places: columns.places, own, sizes, weights: scaled }, draw, out);
      }
      if (!weighted) return;
      const moves = places.map((a) =>
        places.reduce(
          (all, b) => all + ((weights[a]?.[b] as number) > 0 ? 2 * ((areas[a]?.[b] as number) - value) : 0),
          0,
        ),
      );
      for (let row = 0; row < out.length; row++)
        out[row] = (out[row] as number) + (draw.total * (moves[columns.places[row] as number] as number)) / sum;
    },
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
          ...area,
          rows,
          value: (draw) => ranks(draw).averagePrecision,
          influence: ofClasses(columns, "averagePrecision", (at) => Number(at === place)),
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
        ...area,
        rows: Math.max(1, supports[place] as number),
        value: (draw) => ranks[place]?.(draw).averagePrecision ?? Number.NaN,
        influence: ofClasses(columns, "averagePrecision", (at) => Number(at === place)),
        reason: lacksClass,
      },
    }));
  }
  const complete = supports.every((support) => support > 0);
  if (average === "micro") {
    const value = (draw: Draw): number => (complete ? columns.pooled()(draw).averagePrecision : Number.NaN);
    const influence = ofCells(columns, addPrecisionInfluence);
    return [{ statistic: { ...area, rows: columns.n, value, influence, reason: lacksClass } }];
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
  const influence = averageInfluence(columns, "averagePrecision", average === "weighted");
  const rows = size * Math.max(1, Math.min(...supports));
  return [{ statistic: { ...area, rows, value, influence, reason: lacksClass } }];
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
