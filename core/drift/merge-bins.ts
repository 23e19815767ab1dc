import { isBeyondChance } from "./beyond-chance.ts";
import { type TwoSamples, total } from "./chi-square.ts";

/** Bins of a test: `ends` of all but the last, which takes the rest. */
export interface Bins<End extends number | string> extends TwoSamples {
  ends: End[];
}

const MOST_BINS = 10;
/** Rows that have to be expected in a bin before chi-square's approximation says anything about it. */
const ENOUGH_ROWS = 5;
/** One more on average: kept bins go into merged ones whole, so that these differ in size. */
const ROWS_PER_BIN = 6;

/**
 * Kept bins of numbers, in order, merged into at most ten of about equal share of the reference; fewer for few rows, so that rows
 * enough are expected in each. The reference alone decides: bins that are chosen by what came would find what they were chosen for. Only
 * what is left over at the end stands apart if surely more came than chance brings. So one bin may be left, of which nothing can be
 * said. `cuts` are the kept bins' upper ends; the last bin has none.
 */
export function mergeOrdered(cuts: readonly number[], { reference, current }: TwoSamples): Bins<number> {
  const sizes = { n: total(reference), m: total(current) };
  const wanted = Math.max(2, Math.min(MOST_BINS, Math.floor(Math.min(sizes.n, sizes.m) / ROWS_PER_BIN)));
  const merged: Bin<number>[] = [];
  let open: Bin<number> | undefined;
  let below = 0;
  reference.forEach((a, at) => {
    const kept = { a, b: current[at] ?? 0, end: cuts[at] };
    // A value that many rows have stands apart from those below it.
    if (open && a >= sizes.n / wanted && isEnough(open, sizes)) {
      merged.push(open);
      open = undefined;
    }
    open = open ? joined(open, kept) : kept;
    const crossed = Math.floor((below * wanted) / sizes.n) < Math.floor(((below + a) * wanted) / sizes.n);
    below += a;
    if (!crossed || !isEnough(open, sizes)) return;
    merged.push(open);
    open = undefined;
  });
  return asBins(withRest(merged, open, sizes));
}

/**
 * Kept categories: a category that has too few rows goes to `other`, the last bin, and so does the rarest one while `other` itself has
 * too few. `other` are the rows of both samples that the categories do not list.
 */
export function mergeCategories(
  categories: readonly string[],
  { reference, current }: TwoSamples,
  other: { reference: number; current: number },
): Bins<string> {
  const sizes = { n: total(reference) + other.reference, m: total(current) + other.current };
  const all = categories.map((end, at): Bin<string> => ({ a: reference[at] ?? 0, b: current[at] ?? 0, end }));
  const own = all.filter((bin) => isEnough(bin, sizes)).sort((x, y) => y.a - x.a || y.b - x.b);
  const few = all.filter((bin) => !own.includes(bin));
  const rest = few.reduce<Bin<string>>(joined, { a: other.reference, b: other.current, end: undefined });
  return asBins(withRest(own, rest, sizes));
}

interface Bin<End> {
  a: number;
  b: number;
  end: End | undefined;
}

function joined<End>(first: Bin<End>, second: Bin<End>): Bin<End> {
  return { a: first.a + second.a, b: first.b + second.b, end: second.end };
}

function isEnough({ a }: Bin<unknown>, { n, m }: { n: number; m: number }): boolean {
  return Math.min(a, (a * m) / n) >= ENOUGH_ROWS;
}

/** What is left over takes bins before it until it has rows enough. Nothing left over is no bin. */
function withRest<End>(bins: readonly Bin<End>[], rest: Bin<End> | undefined, sizes: { n: number; m: number }) {
  const own = [...bins];
  let last = rest;
  const isApart = (bin: Bin<End>) => isEnough(bin, sizes) || isBeyondChance(bin.b, (bin.a * sizes.m) / sizes.n);
  while (last && last.a + last.b > 0 && !isApart(last)) {
    const before = own.pop();
    if (before === undefined) break;
    last = joined(before, last);
  }
  return last && last.a + last.b > 0 ? [...own, last] : own;
}

function asBins<End extends number | string>(bins: readonly Bin<End>[]): Bins<End> {
  return {
    ends: bins.slice(0, -1).map(({ end }) => end as End),
    reference: bins.map(({ a }) => a),
    current: bins.map(({ b }) => b),
  };
}
