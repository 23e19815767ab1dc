import { chiSquareTail } from "./tails.ts";

/** `hits` of `rows`. */
export interface Share {
  hits: number;
  rows: number;
}

/**
 * The pooled Z of two proportions, positive where the second is larger, and how often chance alone brings as much either way. Where
 * all rows are hits, or none, or a sample has no rows, nothing differs (z 0, p 1).
 */
export function twoProportions(first: Share, second: Share): { z: number; p: number } {
  const rows = first.rows + second.rows;
  const pooled = (first.hits + second.hits) / rows;
  const variance = pooled * (1 - pooled) * (1 / first.rows + 1 / second.rows);
  if (!(variance > 0 && Number.isFinite(variance))) return { z: 0, p: 1 };
  const z = (second.hits / second.rows - first.hits / first.rows) / Math.sqrt(variance);
  return { z, p: chiSquareTail(z * z, 1) };
}
