import type { Stored } from "./blobs.ts";

const HOUR = 60 * 60 * 1_000;

/** Milliseconds from the moment that a run begins to put its bytes, in which who cannot see them takes its word for them. */
export const ATTESTED_FOR = 24 * HOUR;

/**
 * Milliseconds in which nothing is garbage after it was put. Longer than a run's word counts: what is put again may keep a date
 * that is twelve hours old (`s3:`), clocks differ, and a record takes a while to be published.
 */
export const GRACE = 48 * HOUR;

/** What nobody needs of what a store holds, and the rest. */
export interface Sorted {
  garbage: Stored[];
  /** Needed by nobody, but put so lately that what names it may be on its way. */
  young: Stored[];
  needed: Stored[];
}

/**
 * Sorts what a store holds by the digests that records name. Needed is what a record names, and, if nothing else that is needed
 * holds the bytes of a digest, whatever holds them. What was put at `before` or later is young.
 */
export function sortStored(stored: readonly Stored[], named: ReadonlySet<string>, before: Date): Sorted {
  const isNeeded = new Set(stored.filter(({ is }) => is.some((digest) => named.has(digest))));
  const held = new Set([...isNeeded].flatMap(({ is, holds }) => [...is, ...holds]));
  for (const each of stored) {
    if (isNeeded.has(each) || !each.holds.some((digest) => named.has(digest) && !held.has(digest))) continue;
    isNeeded.add(each);
    for (const digest of [...each.is, ...each.holds]) held.add(digest);
  }
  const rest = stored.filter((each) => !isNeeded.has(each));
  return {
    garbage: rest.filter(({ put }) => put < before),
    young: rest.filter(({ put }) => put >= before),
    needed: [...isNeeded],
  };
}
