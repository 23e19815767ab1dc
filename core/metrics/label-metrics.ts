import { averageShares, classShare, occurring, type Share } from "./averages.ts";
import { cellInfluence } from "./cell-influence.ts";
import { type Classes, classesOf } from "./classes.ts";
import { type CompiledMetric, type Frame, type MetricRows, one, type SpecOf } from "./metric-row.ts";
import { listClasses, unfit } from "./refuse.ts";
import type { Scored, Value } from "./scored.ts";
import { everyRow, rowMean, type Statistic, summed } from "./statistic.ts";
import { type Counts, type Tally, tallyOf } from "./tally.ts";

/** True and predicted classes of n rows, counted together. */
export interface LabelRows {
  n: number;
  classes: Classes;
  tally: Tally;
  positive: Value | undefined;
}

type ShareMetric = SpecOf<"precision_score" | "recall_score" | "f1_score" | "fbeta_score">;
const share = { kind: "score", range: [0, 1] } as const;
const correlation = { kind: "score", range: [-1, 1] } as const;

export function labelRows(scored: Scored): LabelRows {
  const classes = classesOf(scored.labels, scored.predictions);
  const tally = tallyOf(classes.encode(scored.labels), classes.encode(scored.predictions), classes.values.length);
  return { n: scored.labels.length, classes, tally, positive: scored.positive };
}

export const BY_LABEL = {
  greaterIsBetter: true,
  needs: ["labels", "predictions"],
  tasks: ["classification", "custom"],
  range: share.range,
} as const;
const SHARE = {
  ...BY_LABEL,
  defaults: { average: "binary", pos_label: "1", zero_division: 0 },
  takesPositive: ({ average = "binary" }: ShareMetric) => average === "binary",
  compile: (frame: Frame, spec: ShareMetric) => ({ parts: shares(frame.share(labelRows), spec) }),
};

export const LABEL_METRICS = {
  accuracy_score: {
    ...BY_LABEL,
    shortNames: ["acc", "accuracy"],
    defaults: { normalize: true },
    compile: (frame, spec) => one(accuracy(frame.share(labelRows), spec)),
  },
  balanced_accuracy_score: {
    ...BY_LABEL,
    shortNames: ["balanced_accuracy"],
    defaults: { adjusted: false },
    compile: (frame, spec) => one(balancedAccuracy(frame.share(labelRows), spec)),
  },
  precision_score: {
    ...SHARE,
    shortNames: ["precision", "ppv", "precision_macro", "precision_micro", "precision_weighted"],
  },
  recall_score: {
    ...SHARE,
    shortNames: ["recall", "sensitivity", "tpr", "recall_macro", "recall_micro", "recall_weighted"],
  },
  f1_score: { ...SHARE, shortNames: ["f1", "f1_macro", "f1_micro", "f1_weighted"] },
  fbeta_score: { ...SHARE, shortNames: ["fbeta", "f2"] },
  matthews_corrcoef: {
    ...BY_LABEL,
    range: correlation.range,
    shortNames: ["mcc", "matthews"],
    compile: (frame) => one(matthews(frame.share(labelRows))),
  },
} satisfies MetricRows;

function accuracy(rows: LabelRows, spec: SpecOf<"accuracy_score">): Statistic {
  const isRight = (cell: number) => Number(rows.tally.cellActual[cell] === rows.tally.cellPredicted[cell]);
  const mean = rowMean(Float64Array.from(rows.tally.cellOf, isRight), share);
  return spec.normalize === false ? summed(mean, rows.n) : mean;
}

/** A function of the confusion matrix. */
function ofCounts(
  { tally }: LabelRows,
  about: Omit<Statistic, "value" | "influence">,
  of: (counts: Counts) => number,
): Statistic {
  return {
    ...about,
    counts: true,
    value: (draw) => of(tally.count(draw)),
    influence: (draw, _value, out) => cellInfluence(tally, tally.count(draw), of, out),
  };
}

/** The mean recall of the classes that have rows; `adjusted` puts chance at 0, and is undefined with one class. */
function balancedAccuracy(rows: LabelRows, spec: SpecOf<"balanced_accuracy_score">): Statistic {
  const about = {
    ...(spec.adjusted ? correlation : share),
    ...classRows(rows),
    reason: "only one class has rows, so there is no chance level to adjust for",
  };
  return ofCounts(rows, about, (counts) => {
    let sum = 0;
    let classes = 0;
    counts.actual.forEach((actual, place) => {
      if (actual === 0) return;
      sum += (counts.hits[place] as number) / actual;
      classes += 1;
    });
    const score = sum / classes;
    if (!spec.adjusted) return score;
    return classes < 2 ? Number.NaN : (score - 1 / classes) / (1 - 1 / classes);
  });
}

const precision: Share = (hits, _actual, predicted) => [hits, predicted];
const recall: Share = (hits, actual) => [hits, actual];
function fbeta(beta: number): Share {
  if (beta === 0) return precision;
  return (hits, actual, predicted) => [(1 + beta * beta) * hits, beta * beta * actual + predicted];
}

/** precision, recall, F1 and F-beta: one statistic, or one per class with `average: none`. */
function shares(rows: LabelRows, spec: ShareMetric): CompiledMetric["parts"] {
  const ratio =
    spec.metric === "precision_score"
      ? precision
      : spec.metric === "recall_score"
        ? recall
        : fbeta(spec.metric === "fbeta_score" ? spec.beta : 1);
  const zeroDivision = spec.zero_division === "nan" ? Number.NaN : (spec.zero_division ?? 0);
  const resting = (counts: Counts, place: number): number => {
    const at = (sums: Float64Array) => sums[place] ?? 0;
    if (ratio === precision) return at(counts.predicted);
    if (ratio === recall) return at(counts.actual);
    return at(counts.actual) + at(counts.predicted) - at(counts.hits);
  };
  const counts = rows.tally.count(everyRow(rows.n));
  const one = (place: number): Statistic => {
    const about = {
      ...share,
      rows: resting(counts, place),
      reason: "the denominator is zero, and zero_division is nan",
      ...(ratio === precision || ratio === recall
        ? { outcomes: outcomesOf(rows, place, ratio) }
        : { fewest: counts.actual[place] ?? 0 }),
    };
    return ofCounts(rows, about, (drawn) => classShare(drawn, place, ratio, zeroDivision));
  };
  const average = spec.average ?? "binary";
  if (average === "binary") return [{ statistic: one(positivePlace(rows, spec)) }];
  const included = spec.labels?.map((label) => rows.classes.indexOf(label));
  if (average === "none") {
    const places = included ?? rows.classes.values.map((_value, place) => place);
    const names = spec.labels ?? rows.classes.values;
    return places.map((place, i) => ({ class: names[i] as Value, statistic: one(place) }));
  }
  const options = { share: ratio, average, zeroDivision, ...(included ? { included } : {}) };
  const about = {
    ...share,
    ...(average === "macro" ? classRows(rows, included) : { rows: rows.n }),
    reason: "every class has a zero denominator, and zero_division is nan",
  };
  return [{ statistic: ofCounts(rows, about, (drawn) => averageShares(drawn, options)) }];
}

/** Of one class, the rows that its recall or precision counts. */
function outcomesOf({ tally }: LabelRows, place: number, ratio: Share): Float64Array {
  const restsOn = ratio === recall ? tally.cellActual : tally.cellPredicted;
  return Float64Array.from(tally.cellOf, (cell) =>
    restsOn[cell] === place ? Number(tally.cellActual[cell] === tally.cellPredicted[cell]) : Number.NaN,
  );
}

function positivePlace(rows: LabelRows, spec: ShareMetric): number {
  const { values } = rows.classes;
  if (values.length > 2) {
    throw unfit(
      `${spec.metric} with average: binary needs two classes.`,
      "two classes, or another average",
      `${values.length} classes: ${listClasses(values)}`,
      "Add `average: macro` (or micro, weighted, none) to the metric.",
    );
  }
  const positive = spec.pos_label ?? rows.positive ?? 1;
  const place = rows.classes.indexOf(positive);
  const strange = typeof values[0] === "string" ? typeof positive !== "string" : typeof positive === "string";
  if (place < 0 && (values.length === 2 || strange)) {
    throw unfit(
      `${spec.metric} does not know which class is the positive one.`,
      `one of ${listClasses(values)}`,
      `${JSON.stringify(positive)}${spec.pos_label === undefined && rows.positive === undefined ? ", scikit-learn's default" : ""}`,
      `Write \`label: { column: …, positive: ${JSON.stringify(values.at(-1))} }\` under data, or \`average: macro\` in the metric.`,
    );
  }
  return place;
}

/** Matthews' correlation for any number of classes; 0 where truth or prediction is one class alone. */
function matthews(rows: LabelRows): Statistic {
  const about = { ...correlation, ...classRows(rows) };
  return ofCounts(rows, about, ({ hits, actual, predicted, total }) => {
    let correct = 0;
    let both = 0;
    let actualSquares = 0;
    let predictedSquares = 0;
    for (let place = 0; place < actual.length; place++) {
      const a = actual[place] as number;
      const p = predicted[place] as number;
      correct += hits[place] as number;
      both += a * p;
      actualSquares += a * a;
      predictedSquares += p * p;
    }
    const spread = (total * total - predictedSquares) * (total * total - actualSquares);
    return spread === 0 ? 0 : (correct * total - both) / Math.sqrt(spread);
  });
}

/** How many rows an average over classes rests on: as many as if each class were as small as the smallest. */
export function classRows({ tally, n }: LabelRows, included?: readonly number[]): Pick<Statistic, "rows" | "fewest"> {
  const counts = tally.count(everyRow(n));
  const places = included ?? occurring(counts);
  const smallest = places.reduce((least, place) => Math.min(least, counts.actual[place] ?? 0), n);
  // With one class alone, nothing is known of the others.
  const fewest = places.length < 2 ? 0 : smallest;
  return { rows: Math.max(1, places.length * fewest), fewest };
}
