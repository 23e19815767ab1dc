/*
 * Betting against a bar on a mean of rows that are 0 or 1 (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by
 * betting", 2024). Each bet multiplies by q1/q0 for a row that fails and by (1−q1)/(1−q0) for one that does not, where q0 is the
 * share of failures that the bar allows and q1 a larger one. While the mean holds the bar, no bet grows on average, in whatever order
 * labels come; so the chance that the mixture ever reaches 1/α is at most α (Ville). The mixture is over bets, and over the windows
 * in which a drop may begin, as in the e-detectors of Shin, Ramdas and Rinaldo (2022), but with weights that sum to 1: they bound the
 * chance of any false alarm, and not only how often one comes.
 */

/** q1 − q0 in standard deviations of a row at the bar, and the bet's weight. At a bar of 0.9: drops of 1.5, 5 and 12 points. */
const BETS = [
  { step: 1 / 20, weight: 0.05 },
  { step: 1 / 6, weight: 0.8 },
  { step: 2 / 5, weight: 0.15 },
] as const;

/**
 * The first window's weight; the n-th after it has (1 − FIRST)/(n(n+1)). Simulated at a bar of 0.9, with 25 labels a window: an
 * accuracy of 0.85 from the start is found within 250 labels in 54 of 100, and after ten windows at 0.92 within 525 more in the median;
 * an accuracy of 0.9 raises an alarm within 5,000 labels in 3 of 100.
 */
const FIRST = 0.75;

/** What a bar asks of a mean: one of both. */
export interface MeanBar {
  "at-least"?: number | undefined;
  "at-most"?: number | undefined;
}

/** Labelled rows of one window. `place` counts windows from the version's first, with or without labels. */
export interface LabelledRows {
  place: number;
  rows: number;
  /** Rows that are 1. */
  hits: number;
}

export interface Evidence {
  /** The natural logarithm of the e-value; Infinity where the bar leaves no room for what was seen. */
  log: number;
  /** The place of the window in which the drop most likely began. */
  since: number;
}

/**
 * The evidence against a bar after each of the windows, in their order, over all of them so far. The bar is surely broken where the
 * e-value is at least 1/(1 − confidence). The order of rows within a window does not matter.
 */
export function barEvidence(bar: MeanBar, windows: readonly LabelledRows[]): Evidence[] {
  const collect = collectEvidence(bar);
  return windows.map(collect);
}

/** The same, a window at a time: whoever calls hands them in in their order. */
export function collectEvidence(bar: MeanBar): (window: LabelledRows) => Evidence {
  const least = bar["at-least"];
  const allowed = least === undefined ? (bar["at-most"] ?? 1) : 1 - least;
  const bets = betsAgainst(allowed);
  let first: number | undefined;
  let last = -1;
  let proof: number | undefined;
  return ({ place, rows, hits }) => {
    first ??= place;
    const n = place - first;
    const failed = least === undefined ? hits : rows - hits;
    if (allowed <= 0 && failed > 0) proof ??= place;
    if (proof !== undefined) return { log: Number.POSITIVE_INFINITY, since: proof };
    const entering = Math.log(weightAfter(last) - weightAfter(n));
    last = n;
    for (const bet of bets) bet.place(entering, place, failed, rows - failed);
    const best = bets.reduce((one, other) => (other.best > one.best ? other : one));
    return { log: logSum([Math.log(weightAfter(n)), ...bets.map(({ log }) => log)]), since: best.since };
  };
}

/** What is left for drops that begin after the n-th window. */
function weightAfter(n: number): number {
  return n < 0 ? 1 : (1 - FIRST) / (n + 1);
}

class Bet {
  /** Of the sum over all windows in which the drop may have begun. */
  log = Number.NEGATIVE_INFINITY;
  /** Of the greatest of them. */
  best = Number.NEGATIVE_INFINITY;
  since = 0;

  readonly weight: number;
  readonly gain: number;
  readonly loss: number;

  /** In logarithms: of the bet among the others, and of one row that fails or does not. */
  constructor(weight: number, gain: number, loss: number) {
    this.weight = weight;
    this.gain = gain;
    this.loss = loss;
  }

  place(entering: number, place: number, failed: number, held: number): void {
    const start = entering + this.weight;
    const factor = failed * this.gain + held * this.loss;
    if (start > this.best) [this.best, this.since] = [start, place];
    this.best += factor;
    this.log = logSum([this.log, start]) + factor;
  }
}

/** A bar that allows all failures is never broken, and one that allows none is broken by the first: neither needs a bet. */
function betsAgainst(allowed: number): Bet[] {
  const deviation = Math.sqrt(Math.max(0, allowed * (1 - allowed)));
  return BETS.map(({ step, weight }) => {
    const share = Math.min(allowed + step * deviation, (1 + allowed) / 2);
    if (deviation === 0) return new Bet(Math.log(weight), 0, 0);
    return new Bet(Math.log(weight), Math.log(share / allowed), Math.log((1 - share) / (1 - allowed)));
  });
}

function logSum(terms: readonly number[]): number {
  const most = Math.max(...terms);
  return most === Number.NEGATIVE_INFINITY
    ? most
    : most + Math.log(terms.reduce((sum, x) => sum + Math.exp(x - most), 0));
}
