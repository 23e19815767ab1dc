import { parseTree, type TreeItem } from "../git/tree-object.ts";

/** A tree's bytes, and where each entry begins. */
export interface IndexedTree {
  raw: Buffer;
  starts: Uint32Array;
}

export const NO_TREE: IndexedTree = { raw: Buffer.alloc(0), starts: new Uint32Array(0) };

/** What a tree has in place of another's, and where: all else is the same, and in the same order. */
export interface TreeChanges {
  tree: IndexedTree;
  removed: readonly TreeItem[];
  added: readonly TreeItem[];
}

/**
 * Compares two trees by their bytes, and parses only the entries from the first that differs to the last: an act changes
 * one of 10,000. Throws where the bytes are no tree.
 */
export function changesBetween(before: IndexedTree, raw: Buffer): TreeChanges {
  try {
    return changesAmid(before, raw);
  } catch {
    // What ends alike need not end with the same entries: a name may look like the end of another entry.
    return { ...changesAmid(NO_TREE, raw), removed: parseTree(before.raw) };
  }
}

function changesAmid(before: IndexedTree, raw: Buffer): TreeChanges {
  const shorter = Math.min(before.raw.length, raw.length);
  const same = commonLength(shorter, (from, to) => before.raw.compare(raw, from, to, from, to) === 0);
  const first = entryAt(before.starts, same);
  const from = before.starts[first] ?? before.raw.length;
  const [last, rest] = [before.raw.length, raw.length];
  const tail = commonLength(
    shorter - from,
    (start, end) => before.raw.compare(raw, rest - end, rest - start, last - end, last - start) === 0,
  );
  // The tail begins with a whole entry; what it shares with the one before that is no entry of its own.
  let next = entryAt(before.starts, last - tail);
  if ((before.starts[next] ?? last) < last - tail) next += 1;
  const until = before.starts[next] ?? last;
  const shift = rest - last;
  const added = parseTree(raw.subarray(from, until + shift));
  const begun: number[] = [];
  for (let at = from; at < until + shift; at = raw.indexOf(0, at) + 21) begun.push(at);
  const starts = new Uint32Array(first + begun.length + before.starts.length - next);
  starts.set(before.starts.subarray(0, first));
  starts.set(begun, first);
  for (let entry = next; entry < before.starts.length; entry += 1)
    starts[first + begun.length + entry - next] = (before.starts[entry] as number) + shift;
  return { tree: { raw, starts }, removed: parseTree(before.raw.subarray(from, until)), added };
}

/** The entry that a byte is in: the last that begins there or before. 0 where there is none. */
function entryAt(starts: Uint32Array, offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** How many bytes are the same: by blocks, then by halves of the block that differs. */
function commonLength(most: number, same: (from: number, to: number) => boolean): number {
  const BLOCK = 4_096;
  let low = 0;
  while (low < most && same(low, Math.min(low + BLOCK, most))) low = Math.min(low + BLOCK, most);
  let high = Math.min(low + BLOCK, most);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (same(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
