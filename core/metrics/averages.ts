import type { Counts } from "./tally.ts";

/** Numerator and denominator of a share, from right predictions, rows of the class, and predictions of it. */
export type Share = (hits: number, actual: number, predicted: number) => readonly [number, number];

interface Averaging {
  share: Share;
  average: "macro" | "micro" | "weighted";
  /** The value where a denominator is zero; NaN leaves the class out of the average. */
  zeroDivision: number;
  /** Places of the classes to include; -1 for one that never occurs. Absent: those that occur. */
  included?: readonly number[];
}

/** One class's share. */
export function classShare(counts: Counts, place: number, share: Share, zeroDivision: number): number {
  const at = (sums: Float64Array) => (place < 0 ? 0 : (sums[place] as number));
  const [numerator, denominator] = share(at(counts.hits), at(counts.actual), at(counts.predicted));
  return denominator === 0 ? zeroDivision : numerator / denominator;
}

/** scikit-learn's averages over classes (`precision_recall_fscore_support`). NaN if nothing is left to average. */
export function averageShares(counts: Counts, { share, average, zeroDivision, included }: Averaging): number {
  const places = included ?? occurring(counts);
  if (average === "micro") {
    const sum = (sums: Float64Array) => places.reduce((total, place) => total + (sums[place] ?? 0), 0);
    const [numerator, denominator] = share(sum(counts.hits), sum(counts.actual), sum(counts.predicted));
    return denominator === 0 ? zeroDivision : numerator / denominator;
  }
  let weighted = 0;
  let weights = 0;
  let plain = 0;
  let classes = 0;
  for (const place of places) {
    const value = classShare(counts, place, share, zeroDivision);
    if (Number.isNaN(value)) continue;
    const weight = counts.actual[place] ?? 0;
    weighted += weight * value;
    weights += weight;
    plain += value;
    classes += 1;
  }
  // As in scikit-learn, an average whose weights are all zero falls back to the plain one.
  return average === "weighted" && weights > 0 ? weighted / weights : plain / classes;
}

/** Places of the classes that are in the draw, as truth or as prediction. */
export function occurring(counts: Counts): number[] {
  const places: number[] = [];
  for (let place = 0; place < counts.actual.length; place++) {
    if ((counts.actual[place] as number) + (counts.predicted[place] as number) > 0) places.push(place);
  }
  return places;
}
