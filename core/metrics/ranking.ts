import type { Draw } from "./statistic.ts";

/** Rows ordered by one score, the largest first; m = n, or n × k where the cells of all columns are ranked together. */
export interface Ranking {
  /** Row numbers, m. */
  order: Uint32Array;
  /** The column that each came from, m. */
  columns: Uint32Array;
  /** 1 where the next score differs, m. */
  ends: Uint8Array;
}

/** `scores` is row-major with `width` columns; without a `column` all cells are ranked together. */
export function rankBy(scores: Float64Array, width: number, column?: number): Ranking {
  const cells =
    column === undefined
      ? Uint32Array.from(scores, (_score, cell) => cell)
      : Uint32Array.from({ length: scores.length / width }, (_none, row) => row * width + column);
  cells.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const last = cells.length - 1;
  return {
    order: cells.map((cell) => Math.floor(cell / width)),
    columns: cells.map((cell) => cell % width),
    ends: Uint8Array.from(cells, (cell, i) => Number(i === last || scores[cell] !== scores[cells[i + 1] as number])),
  };
}

/** One class against the rest. NaN if a draw lacks positives or negatives. */
export interface BinaryRanks {
  positives: number;
  negatives: number;
  /** The area under the ROC curve; NaN without positives or without negatives. */
  auc: number;
  /** scikit-learn's uninterpolated average precision; NaN without positives. */
  averagePrecision: number;
}

/**
 * ROC AUC (as the Mann–Whitney statistic, ties counting half: equal to the trapezoids of roc_curve) and average
 * precision of a draw, in one pass over the ranking. `sides` says which are positive, in the ranking's order: m, 0 or 1.
 */
export function binaryRanks(ranking: Ranking, sides: Uint8Array): (draw: Draw) => BinaryRanks {
  const { order, ends } = ranking;
  let counted = -1;
  let ranks: BinaryRanks;
  return (draw) => {
    if (draw.id === counted) return ranks;
    counted = draw.id;
    let truePositives = 0;
    let falsePositives = 0;
    let tiedPositives = 0;
    let tied = 0;
    let area = 0;
    let precisions = 0;
    const { counts } = draw;
    for (let i = 0; i < order.length; i++) {
      const count = counts[order[i] as number] as number;
      tied += count;
      tiedPositives += count * (sides[i] as number);
      if (ends[i] === 1 && tied > 0) {
        const tiedNegatives = tied - tiedPositives;
        area += tiedNegatives * (truePositives + tiedPositives / 2);
        truePositives += tiedPositives;
        falsePositives += tiedNegatives;
        if (tiedPositives > 0) precisions += (tiedPositives * truePositives) / (truePositives + falsePositives);
        tied = 0;
        tiedPositives = 0;
      }
    }
    ranks = {
      positives: truePositives,
      negatives: falsePositives,
      auc: area / (truePositives * falsePositives),
      averagePrecision: precisions / truePositives,
    };
    return ranks;
  };
}

/** The area under the ROC curve up to `maxFpr`, standardized to 0.5 for chance (McClish 1989), as scikit-learn does. */
export function partialAuc(ranking: Ranking, sides: Uint8Array, maxFpr: number): (draw: Draw) => number {
  const whole = binaryRanks(ranking, sides);
  return (draw) => {
    const { positives, negatives } = whole(draw);
    if (positives === 0 || negatives === 0) return Number.NaN;
    const limit = maxFpr * negatives;
    let [truePositives, falsePositives, tiedPositives, tiedNegatives, area] = [0, 0, 0, 0, 0];
    for (let i = 0; i < ranking.order.length && falsePositives < limit; i++) {
      const count = draw.counts[ranking.order[i] as number] as number;
      if (sides[i] === 1) tiedPositives += count;
      else tiedNegatives += count;
      if (ranking.ends[i] === 0) continue;
      const part = tiedNegatives === 0 ? 0 : Math.min(1, (limit - falsePositives) / tiedNegatives);
      area += tiedNegatives * part * (truePositives + (tiedPositives * part) / 2);
      truePositives += tiedPositives;
      falsePositives += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
    const least = maxFpr ** 2 / 2;
    return (1 + (area / (positives * negatives) - least) / (maxFpr - least)) / 2;
  };
}

/**
 * How often a row of class `own` outranks a row of each other class, ties counting half, in one pass:
 * what Hand and Till's one-vs-one average needs. `places` is the class of each row, n; the answer is k sums, of which
 * its own says nothing.
 */
export function winsOver(
  ranking: Ranking,
  places: Int32Array,
  own: number,
  size: number,
): (draw: Draw) => Float64Array {
  const { order, ends } = ranking;
  const placed = Int32Array.from(order, (row) => places[row] as number);
  const wins = new Float64Array(size);
  const tied = new Float64Array(size);
  return ({ counts }) => {
    wins.fill(0);
    let before = 0;
    for (let i = 0; i < order.length; i++) {
      const place = placed[i] as number;
      const count = counts[order[i] as number] as number;
      // A score that no other row has needs no bookkeeping of ties.
      if (ends[i] === 1 && (i === 0 || ends[i - 1] === 1)) {
        if (place === own) before += count;
        else wins[place] = (wins[place] as number) + count * before;
        continue;
      }
      tied[place] = (tied[place] as number) + count;
      if (ends[i] === 0) continue;
      const half = (tied[own] as number) / 2;
      for (let other = 0; other < size; other++) {
        wins[other] = (wins[other] as number) + (tied[other] as number) * (before + half);
      }
      before += 2 * half;
      tied.fill(0);
    }
    return wins;
  };
}
