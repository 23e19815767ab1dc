import type { TimePerRow } from "../../../schemas/stage-record.ts";

// Of six pairs all differ in one direction from their median once in 64 times: 1.6 %, within the 2.5 % of a shown interval.
export const PAIRS = 6;
/** What measuring may take, in seconds of the command's own time; one pair is measured in any case. */
const LONGEST = 10;

/**
 * Milliseconds per row: (time for all rows − time for one row) ÷ (rows − 1), so that a program's start does not count: the
 * median of six pairs of runs, or of as many as fit in ten seconds. The bounds are the least and the largest difference of any
 * run on all rows and any run on one. With fewer pairs the start counts in the upper bound. There is no value where the
 * slowest start takes as long as the fastest run on all rows. `first` is what the command took for all rows before, in
 * seconds: with cold caches, so it is left out unless it alone takes half of the time. `one row` where there is no more to
 * divide by.
 */
export async function measurePredict(
  rows: number,
  first: number,
  time: (rows: "all" | "one") => Promise<number>,
): Promise<TimePerRow | "one row"> {
  if (rows < 2) return "one row";
  const all: number[] = [];
  const one: number[] = [];
  let [taken, last] = [0, 0];
  while (all.length === 0 || (all.length < PAIRS && taken + last <= LONGEST)) {
    const isKnown = all.length === 0 && first > LONGEST / 2;
    const start = await time("one");
    const whole = isKnown ? first : await time("all");
    all.push(whole);
    one.push(start);
    last = whole + start;
    taken += isKnown ? start : last;
  }
  const perRow = (seconds: number) => (seconds * 1_000) / (rows - 1);
  const least = Math.min(...all) - Math.max(...one);
  const most = Math.max(...all) - Math.min(...one);
  const isSure = all.length === PAIRS && most > 0;
  return {
    value: least > 0 ? perRow(median(all.map((whole, pair) => whole - (one[pair] as number)))) : null,
    low: perRow(Math.max(0, least)),
    high: perRow(isSure ? most : Math.max(...all)),
    pairs: all.length,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}
