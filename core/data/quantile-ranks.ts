/** A profile keeps values at 1/64 … 63/64. */
const PARTS = 64;
const TENTHS = Array.from({ length: 11 }, (_, at) => at / 10);

/**
 * The ranks, from 1, of the sorted values that a profile is told from: the first at or above each 64th (DuckDB's `quantile_disc`), then
 * for each tenth the two that it lies between. None of no values.
 */
export function ranksOf(count: number): number[] {
  if (!(count > 0)) return [];
  const parts = Array.from({ length: PARTS - 1 }, (_, at) => Math.ceil(((at + 1) * count) / PARTS));
  return [
    ...parts,
    ...TENTHS.flatMap((tenth) => {
      const place = (count - 1) * tenth;
      return [Math.floor(place) + 1, Math.ceil(place) + 1];
    }),
  ];
}

/** Of the values at `ranksOf`: those of the 64ths, each once. */
export function cutsOf(ranked: readonly number[]): number[] {
  return ranked.slice(0, PARTS - 1).filter((value, at, all) => at === 0 || value > (all[at - 1] as number));
}

/** Of the values at `ranksOf` a count: the eleven tenths, each between two values in proportion (DuckDB's `quantile_cont`). */
export function quantilesOf(ranked: readonly number[], count: number): number[] {
  if (ranked.length === 0) return [];
  return TENTHS.map((tenth, at) => {
    const [below = 0, above = 0] = ranked.slice(PARTS - 1 + 2 * at);
    const place = (count - 1) * tenth;
    return below === above ? below : below + (above - below) * (place - Math.floor(place));
  });
}
