import type { Ranking } from "./ranking.ts";
import type { Draw } from "./statistic.ts";

/**
 * Adds `weight` times each row's influence on an area under the ROC curve to `out`, n: of a positive row the share of
 * negatives that it outranks, of a negative row the share of positives that outrank it (the components of DeLong, DeLong and
 * Clarke-Pearson, 1988), ties counting half. `sides` as in binaryRanks.
 */
export function addAucInfluence(ranking: Ranking, sides: Uint8Array, draw: Draw, out: Float64Array, weight = 1): void {
  const { positives, negatives, groups } = tiesOf(ranking, sides, draw);
  const area = groups.reduce((sum, tie) => sum + tie.negatives * (tie.positivesAbove + tie.positives / 2), 0);
  const auc = area / (positives * negatives);
  for (const tie of groups) {
    const outranked = (negatives - tie.negativesAbove - tie.negatives / 2) / negatives;
    const outranking = (tie.positivesAbove + tie.positives / 2) / positives;
    const ofPositive = (weight * draw.total * (outranked - auc)) / positives;
    const ofNegative = (weight * draw.total * (outranking - auc)) / negatives;
    for (let i = tie.from; i < tie.to; i++) {
      const row = ranking.order[i] as number;
      out[row] = (out[row] as number) + (sides[i] === 1 ? ofPositive : ofNegative);
    }
  }
}

/** As addAucInfluence, for partialAuc. */
export function addPartialAucInfluence(
  ranking: Ranking,
  sides: Uint8Array,
  draw: Draw,
  out: Float64Array,
  maxFpr: number,
): void {
  const { positives, negatives, groups } = tiesOf(ranking, sides, draw);
  const limit = maxFpr * negatives;
  const last = groups.find((tie) => tie.negativesAbove + tie.negatives >= limit);
  if (last === undefined) return;
  const part = last.negatives === 0 ? 0 : (limit - last.negativesAbove) / last.negatives;
  // How high the curve is where it is cut.
  const height = (last.positivesAbove + part * last.positives) / positives;
  const scale = 1 / (2 * (maxFpr - maxFpr ** 2 / 2));
  let [meanPositive, meanNegative] = [0, 0];
  const moves = groups.map((tie) => {
    const counted = Math.max(0, Math.min(tie.negatives, limit - tie.negativesAbove));
    const outranked = Math.max(0, limit - tie.negativesAbove - counted / 2) / negatives;
    const middle = (tie.positivesAbove + tie.positives / 2) / positives;
    const shortfall = tie.negativesAbove >= limit ? 0 : Math.min(0, middle - height);
    meanPositive += (tie.positives * outranked) / positives;
    meanNegative += (tie.negatives * shortfall) / negatives;
    return { outranked, shortfall };
  });
  groups.forEach((tie, at) => {
    const { outranked, shortfall } = moves[at] as (typeof moves)[number];
    const ofPositive = (scale * draw.total * (outranked - meanPositive)) / positives;
    const ofNegative = (scale * draw.total * (shortfall - meanNegative)) / negatives;
    for (let i = tie.from; i < tie.to; i++) {
      const row = ranking.order[i] as number;
      out[row] = (out[row] as number) + (sides[i] === 1 ? ofPositive : ofNegative);
    }
  });
}

/** As addAucInfluence, for the average precision: each row moves the precision at every positive row that it is not below. */
export function addPrecisionInfluence(
  ranking: Ranking,
  sides: Uint8Array,
  draw: Draw,
  out: Float64Array,
  weight = 1,
): void {
  const { positives, groups } = tiesOf(ranking, sides, draw);
  let [ofPositive, ofNegative, average] = [0, 0, 0];
  for (const tie of groups) {
    const right = tie.positivesAbove + tie.positives;
    average += tie.positives === 0 ? 0 : (tie.positives * right) / (right + tie.negativesAbove + tie.negatives);
  }
  average /= positives;
  for (const tie of groups.reverse()) {
    const right = tie.positivesAbove + tie.positives;
    const wrong = tie.negativesAbove + tie.negatives;
    if (tie.positives > 0) {
      ofPositive += (tie.positives * wrong) / (right + wrong) ** 2;
      ofNegative -= (tie.positives * right) / (right + wrong) ** 2;
    }
    const own = right / (right + wrong) - average;
    for (let i = tie.from; i < tie.to; i++) {
      const row = ranking.order[i] as number;
      const move = sides[i] === 1 ? own + ofPositive : ofNegative;
      out[row] = (out[row] as number) + (weight * draw.total * move) / positives;
    }
  }
}

/** Rows of one score, and what is ranked above them. */
interface Tie {
  /** Places in the ranking. */
  from: number;
  to: number;
  positives: number;
  negatives: number;
  positivesAbove: number;
  negativesAbove: number;
}

function tiesOf({ order, ends }: Ranking, sides: Uint8Array, { counts }: Draw) {
  const groups: Tie[] = [];
  let tie: Tie = { from: 0, to: 0, positives: 0, negatives: 0, positivesAbove: 0, negativesAbove: 0 };
  for (let i = 0; i < order.length; i++) {
    const count = counts[order[i] as number] as number;
    if (sides[i] === 1) tie.positives += count;
    else tie.negatives += count;
    if (ends[i] === 0) continue;
    tie.to = i + 1;
    groups.push(tie);
    const { to, positives, negatives, positivesAbove, negativesAbove } = tie;
    tie = {
      ...{ from: to, to, positives: 0, negatives: 0 },
      positivesAbove: positivesAbove + positives,
      negativesAbove: negativesAbove + negatives,
    };
  }
  return { positives: tie.positivesAbove, negatives: tie.negativesAbove, groups };
}

/**
 * Adds to `out` (n) the influences on Hand and Till's average, of the scores in one class's column: `weights` (k) is how much
 * the pair with each other class counts, its own being 0. `places` is the class of each row, n; `sizes` the rows of each class.
 */
export function addPairInfluence(
  ranking: Ranking,
  about: { places: Int32Array; own: number; sizes: Float64Array; weights: Float64Array },
  { counts, total }: Draw,
  out: Float64Array,
): void {
  const { places, own, sizes, weights } = about;
  const { order, ends } = ranking;
  const size = sizes.length;
  const seen = new Float64Array(size);
  const tied = new Float64Array(size);
  const areas = new Float64Array(size);
  const share = (row: number): number => {
    const place = places[row] as number;
    if (place !== own) return ((seen[own] as number) + (tied[own] as number) / 2) / (sizes[own] as number);
    let sum = 0;
    for (let other = 0; other < size; other++) {
      const weight = weights[other] as number;
      if (weight === 0) continue;
      const outranked = (sizes[other] as number) - (seen[other] as number) - (tied[other] as number) / 2;
      sum += (weight * outranked) / (sizes[other] as number);
    }
    return sum;
  };
  const shares = new Float64Array(order.length);
  for (let i = 0, from = 0; i < order.length; i++) {
    const row = order[i] as number;
    tied[places[row] as number] = (tied[places[row] as number] as number) + (counts[row] as number);
    if (ends[i] === 0) continue;
    for (let at = from; at <= i; at++) shares[order[at] as number] = share(order[at] as number);
    for (let other = 0; other < size; other++) seen[other] = (seen[other] as number) + (tied[other] as number);
    tied.fill(0);
    from = i + 1;
  }
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number;
    if (place !== own && (sizes[place] as number) > 0)
      areas[place] =
        (areas[place] as number) + ((counts[row] as number) * (shares[row] as number)) / (sizes[place] as number);
  }
  const mean = areas.reduce((sum, area, other) => sum + (weights[other] as number) * area, 0);
  for (let row = 0; row < places.length; row++) {
    const place = places[row] as number;
    const move =
      place === own
        ? (shares[row] as number) - mean
        : (weights[place] as number) * ((shares[row] as number) - (areas[place] as number));
    out[row] = (out[row] as number) + (total * move) / (sizes[place] as number);
  }
}
