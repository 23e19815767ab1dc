import type { RandomNumbers } from "./random-numbers.ts";

/** What live and every candidate are right on, of the population: no candidate is better, unless `gain` says so. */
export const SKILL = 0.8;
/** The share of rows that a new candidate predicts anew; the others stay as its parent's are. */
export const REDRAWN = 0.1;
/** Candidates that an author looks at on the preview before each try. */
const LOOKS = 50;

/** Who asks, and what they see. */
export interface Author {
  /** What a candidate is an edit of: of what is live, or of the best that binding reports have shown. */
  climbs: boolean;
  /** Which rows the uncounted looks before each try are at: none, the preview's, or those that decide. */
  looks: "none" | "preview" | "deciding";
  /** The value that a binding report shows of an accuracy on n rows. */
  shown(accuracy: number, n: number): number;
}

/** Candidate against live on the rows that decide: rows where it alone is right, and rows where live alone is. */
export interface Meeting {
  wins: number;
  losses: number;
}

/** One model's predictions, right (1) or wrong (0), on the rows that decide and on those of the preview. */
interface Model {
  deciding: Uint8Array;
  preview: Uint8Array;
}

/**
 * One author's candidates for one test set, one after another: `meets` is told of each and says whether that one is promoted,
 * which ends it. n rows decide; the preview has n · 3/7 more.
 */
export function tryModels(
  random: RandomNumbers,
  { n, tries }: { n: number; tries: number },
  author: Author,
  meets: (meeting: Meeting, at: number, candidate: Uint8Array) => boolean,
): { live: Uint8Array; promoted: boolean } {
  const draw = (rows: number) => Uint8Array.from({ length: rows }, () => Number(random.chance(SKILL)));
  const live = { deciding: draw(n), preview: draw(Math.round((n * 3) / 7)) };
  let best: Model = live;
  let shownBest = author.shown(share(live.deciding), n);
  for (let at = 0; at < tries; at++) {
    const candidate = edited(random, author.climbs ? best : live, author.looks);
    if (meets(meetingOf(candidate.deciding, live.deciding), at, candidate.deciding))
      return { live: live.deciding, promoted: true };
    const shown = author.shown(share(candidate.deciding), n);
    if (shown < shownBest) continue;
    best = candidate;
    shownBest = shown;
  }
  return { live: live.deciding, promoted: false };
}

/** The best of the edits that were looked at, on the rows that were looked at; or one, unseen. */
function edited(random: RandomNumbers, parent: Model, looks: Author["looks"]): Model {
  if (looks === "none") return { deciding: redrawn(random, parent.deciding), preview: parent.preview };
  let best = redrawn(random, parent[looks]);
  for (let look = 1; look < LOOKS; look++) {
    const other = redrawn(random, parent[looks]);
    if (share(other) > share(best)) best = other;
  }
  return looks === "deciding"
    ? { deciding: best, preview: parent.preview }
    : { deciding: redrawn(random, parent.deciding), preview: best };
}

function redrawn(random: RandomNumbers, rows: Uint8Array): Uint8Array {
  const next = Uint8Array.from(rows);
  // How many rows lie between two that are drawn anew is geometric.
  const skip = () => Math.floor(Math.log(random.uniform()) / Math.log(1 - REDRAWN));
  for (let row = skip(); row < next.length; row += 1 + skip()) next[row] = Number(random.chance(SKILL));
  return next;
}

/** A candidate that is right on `gain` more of the population than live is. */
export function meetBetter(random: RandomNumbers, n: number, gain: number): Meeting {
  const turned = REDRAWN * SKILL * (1 - SKILL);
  let [wins, losses] = [0, 0];
  for (let row = 0; row < n; row++) {
    const place = random.uniform();
    if (place < turned + gain) wins += 1;
    else if (place < 2 * turned + gain) losses += 1;
  }
  return { wins, losses };
}

export function meetingOf(candidate: Uint8Array, live: Uint8Array): Meeting {
  let [wins, losses] = [0, 0];
  for (let row = 0; row < live.length; row++) {
    const difference = (candidate[row] as number) - (live[row] as number);
    if (difference > 0) wins += 1;
    else if (difference < 0) losses += 1;
  }
  return { wins, losses };
}

export function share(rows: Uint8Array): number {
  let right = 0;
  for (let row = 0; row < rows.length; row++) right += rows[row] as number;
  return right / rows.length;
}
