import { type Classes, classesOf, sortedClasses } from "./classes.ts";
import { type BinaryRanks, binaryRanks, type Ranking, rankBy } from "./ranking.ts";
import { badPredictions, listClasses, unfit } from "./refuse.ts";
import type { Scored, Value } from "./scored.ts";
import type { Draw } from "./statistic.ts";

/** Probabilities or scores with the true classes beside them. Shapes: n rows, k columns. */
export interface ScoreColumns {
  n: number;
  /** proba_ columns: rows sum to 1. */
  probabilities: boolean;
  /** The columns' classes, sorted; for one `score` column, the classes of the labels. */
  classes: Classes;
  /** Row-major, n × k. */
  values: Float64Array;
  /** k, or 1 for one `score` column. */
  width: number;
  /** The true class's place among `classes`, n. */
  places: Int32Array;
  /** The positive class that the spec names. */
  positive: Value | undefined;
  ranking(column: number | undefined): Ranking;
  /** The class at `place` against the rest. */
  ranks(place: number): (draw: Draw) => BinaryRanks;
  /** Which of a class's ranking are of that class, in the ranking's order. */
  sides(place: number): Uint8Array;
  /** Each cell of the n × k table as a row of its own, positive where the column is the true class's. */
  pooled(): (draw: Draw) => BinaryRanks;
}

const needed = "columns proba_<class>, one for each class";

export const probabilityColumns = (scored: Scored) => scoreColumns(scored, "probabilities");
export const rankingColumns = (scored: Scored) => scoreColumns(scored, "scores");

/** Throws PREDICTIONS_INVALID if the columns are absent, hold NaN or infinities, or miss a class of the labels. */
export function scoreColumns(scored: Scored, want: "probabilities" | "scores"): ScoreColumns {
  const given = scored.probabilities ?? (want === "scores" ? scored.scores : undefined);
  if (!given) {
    const found = scored.scores ? "scores that are not probabilities" : "`prediction` alone";
    throw badPredictions(
      `The predictions hold no ${want === "scores" ? "probabilities or scores" : "probabilities"}.`,
      want === "scores" ? `${needed}, or a column score` : needed,
      found,
      "Let predict write columns proba_<class> into SLIPWAY_PREDICTIONS.",
    );
  }
  const { values } = given;
  const known = classesOf(scored.labels);
  const classes = given.classes ? sortedClasses(given.classes) : known;
  const width = given.classes ? classes.values.length : 1;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const id = scored.ids[Math.floor(bad / width)];
    throw badPredictions("A score is not a number.", "finite numbers", `${values[bad]} at id ${id}`, "Mend predict.");
  }
  const strange = known.values.filter((value) => classes.indexOf(value) < 0);
  if (strange.length > 0) {
    throw badPredictions(
      "Some labels have no column of their own.",
      `a column for each of ${listClasses(known.values)}`,
      `none for ${listClasses(strange)}`,
      `Let predict write proba_${String(strange[0])} for every row, 0 where the model does not know the class.`,
    );
  }
  if (!given.classes && known.values.length > 2) {
    throw unfit(
      "One column `score` ranks two classes, no more.",
      needed,
      `${known.values.length} classes: ${listClasses(known.values)}`,
      "Let predict write columns proba_<class>.",
    );
  }
  const rankings = new Map<number | undefined, Ranking>();
  const counted = new Map<number | undefined, (draw: Draw) => BinaryRanks>();
  const columns: ScoreColumns = {
    n: scored.labels.length,
    probabilities: given === scored.probabilities,
    classes,
    values,
    width,
    places: classes.encode(scored.labels),
    positive: scored.positive,
    ranking: (column) => remember(rankings, column, () => rankBy(values, width, column)),
    sides: (place) =>
      Uint8Array.from(columns.ranking(columnOf(columns, place)).order, (row) => Number(columns.places[row] === place)),
    ranks: (place) =>
      remember(counted, place, () => binaryRanks(columns.ranking(columnOf(columns, place)), columns.sides(place))),
    pooled: () =>
      remember(counted, undefined, () => {
        const ranking = columns.ranking(undefined);
        const own = (row: number, i: number) => Number(columns.places[row] === ranking.columns[i]);
        return binaryRanks(ranking, Uint8Array.from(ranking.order, own));
      }),
  };
  return columns;
}

/** The place of the positive class of two: the one asked for, the spec's, or else the greater, as in scikit-learn; -1 where no row can be of it. */
export function positivePlace(columns: ScoreColumns, asked?: Value): number {
  const positive = asked ?? columns.positive;
  const last = columns.classes.values.length - 1;
  if (positive === undefined) return last === 0 ? -1 : last;
  const place = columns.classes.indexOf(positive);
  if (place < 0 && last > 0) {
    throw unfit(
      "The positive class is none of the classes.",
      `one of ${listClasses(columns.classes.values)}`,
      JSON.stringify(positive),
      "Write `positive` exactly as the label column has it.",
    );
  }
  return place;
}

/** The column that ranks the class at `place`; the first one for a class that none knows. */
export function columnOf(columns: ScoreColumns, place: number): number {
  return columns.width === 1 ? 0 : Math.max(0, place);
}

function remember<Key, Kept>(known: Map<Key, Kept>, key: Key, make: () => Kept): Kept {
  const kept = known.get(key) ?? make();
  known.set(key, kept);
  return kept;
}

/** The metric's `labels` may repeat what the columns say, and nothing else. */
export function checkLabels(columns: ScoreColumns, labels: readonly Value[] | undefined): void {
  if (!labels || columns.width === 1) return;
  const same = labels.length === columns.width && labels.every((label) => columns.classes.indexOf(label) >= 0);
  if (same) return;
  throw unfit(
    "The metric's `labels` are not the classes that predict writes.",
    listClasses(columns.classes.values),
    listClasses(labels),
    "Leave `labels` out: the columns proba_<class> name the classes.",
  );
}
