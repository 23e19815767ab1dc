import type { ColumnProfile } from "../../schemas/data-record.ts";
import type { DriftTest } from "../../schemas/monitoring.ts";
import { total } from "./chi-square.ts";
import { type Bins, mergeCategories, mergeOrdered } from "./merge-bins.ts";

/** What a window has of one column, counted in the bins that its profile keeps. */
export interface CurrentColumn {
  name: string;
  of: DriftTest["of"];
  rows: number;
  nulls: number;
  nan?: number | undefined;
  infinite?: number | undefined;
  /** Finite numbers by the kept cuts: above the one before and up to this one; last those above all. */
  counts?: readonly number[] | undefined;
  /** Rows of each kept category. */
  categories?: Readonly<Record<string, number>> | undefined;
  /** Rows with a value that is no kept category. */
  other?: number | undefined;
}

/** Counts to compare; p and effect follow from them. */
export type Counted = Pick<DriftTest, "what" | "bins" | "reference" | "current">;

const FEWEST_ROWS = 20;
const TOO_FEW = `fewer than ${FEWEST_ROWS} rows`;

/**
 * What can be compared of a column: nulls (NaN and infinities with them, since none is a value), the distribution of its values, and
 * categories that the kept profile does not know, if it lists all. `untested` says why there is no distribution, or nothing at all.
 */
export function compareColumn(
  kept: ColumnProfile,
  rows: number,
  current: CurrentColumn,
): { counted: Counted[]; untested?: string } {
  if (kept.names) return { counted: [], untested: `it names ${kept.names}` };
  if (kept.type === "file") return { counted: [], untested: "it names files" };
  if (current.rows < FEWEST_ROWS) return { counted: [], untested: TOO_FEW };
  if (rows < FEWEST_ROWS) return { counted: [], untested: `${TOO_FEW} to compare with` };
  const nulls = twoShares("nulls", [noValues(kept), rows], [noValues(current), current.rows]);
  const { counted, untested } = compareValues(kept, current, { reference: rows - noValues(kept) });
  return { counted: [...counted, nulls], ...(untested === undefined ? {} : { untested }) };
}

function compareValues(
  kept: ColumnProfile,
  current: CurrentColumn,
  values: { reference: number },
): ReturnType<typeof compareColumn> {
  if (kept.type === "datetime") return { counted: [], untested: "a moment always moves" };
  if (values.reference < FEWEST_ROWS) return { counted: [], untested: `${TOO_FEW} with a value to compare with` };
  if (current.rows - noValues(current) < FEWEST_ROWS) return { counted: [], untested: `${TOO_FEW} with a value` };
  if (kept.cuts && kept.counts && current.counts?.length === kept.counts.length)
    return { counted: [distribution(mergeOrdered(kept.cuts, { reference: kept.counts, current: current.counts }))] };
  if (!kept.top || kept.other === undefined || !current.categories)
    return { counted: [], untested: "the kept profile has no counts of its values" };
  const { top, other } = kept;
  const then = top.map(({ count }) => count);
  const now = top.map(
    ({ value }) => (Object.hasOwn(current.categories ?? {}, value) ? current.categories?.[value] : 0) ?? 0,
  );
  const strangers = current.other ?? 0;
  const merged = mergeCategories(
    top.map(({ value }) => value),
    { reference: then, current: now },
    { reference: other, current: strangers },
  );
  const isWhole = other === 0 && kept.type === "string";
  const unknown = twoShares("new-categories", [0, total(then)], [strangers, total(now) + strangers]);
  return { counted: [distribution(merged), ...(isWhole ? [unknown] : [])] };
}

function distribution({ ends, reference, current }: Bins<number | string>): Counted {
  return { what: "distribution", bins: ends, reference: [...reference], current: [...current] };
}

/** Those concerned, and the others. */
function twoShares(what: Counted["what"], [a, n]: [number, number], [b, m]: [number, number]): Counted {
  return { what, reference: [a, n - a], current: [b, m - b] };
}

function noValues({ nulls, nan = 0, infinite = 0 }: Pick<CurrentColumn, "nulls" | "nan" | "infinite">): number {
  return nulls + nan + infinite;
}
