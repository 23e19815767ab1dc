import { HASH_BYTES, type RowSketch, SKETCH_SIZE } from "../../schemas/row-sketch.ts";

/** `share` of the rows of one set are in another one, which has `ofOther` of its rows in the first. */
export interface SharedRows {
  share: number;
  ofOther: number;
}

/** Hashes in order, and whether they are all that the set has. */
interface Lowest {
  hashes: string[];
  whole: boolean;
}

/**
 * The rows that two test sets share, as their sketches tell: exact where both have at most SKETCH_SIZE rows, otherwise an
 * estimate from the part of the hashes that both hold whole (Cohen, 2023: "Bottom-k sketches"). Labels count where both sets'
 * are known; a row is the same row with or without the column that either set calls its id, and counts
 * once where that makes the share larger. Nothing where the keys differ.
 */
export function sharedRows(a: RowSketch, b: RowSketch): SharedRows {
  const none = { share: 0, ofOther: 0 };
  if (a.key !== b.key) return none;
  const [ours, theirs] = a.labelled && b.labelled ? [a.labelled, b.labelled] : [a.features, b.features];
  const pairs = ours.flatMap((one) => theirs.map((other) => shared(lowest(one, a.rows), lowest(other, b.rows))));
  return {
    share: Math.max(0, ...pairs.map(({ share }) => share)),
    ofOther: Math.max(0, ...pairs.map(({ ofOther }) => ofOther)),
  };
}

function lowest(text: string, rows: number): Lowest {
  const bytes = Buffer.from(text, "base64");
  const hashes: string[] = [];
  for (let at = 0; at + HASH_BYTES <= bytes.length; at += HASH_BYTES)
    hashes.push(bytes.toString("hex", at, at + HASH_BYTES));
  return { hashes, whole: rows <= SKETCH_SIZE };
}

function shared(a: Lowest, b: Lowest): SharedRows {
  const bounds = [a, b].flatMap(({ hashes, whole }) => (whole ? [] : [hashes.at(-1) ?? ""])).sort();
  const [bound] = bounds;
  const below = ({ hashes }: Lowest) => hashes.filter((hash) => bound === undefined || hash <= bound);
  const [ours, theirs] = [below(a), new Set(below(b))];
  const both = ours.filter((hash) => theirs.has(hash)).length;
  return {
    share: ours.length === 0 ? 0 : both / ours.length,
    ofOther: theirs.size === 0 ? 0 : both / theirs.size,
  };
}
