import type { Stored } from "./blobs.ts";

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
