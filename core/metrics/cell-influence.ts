import type { Counts, Tally } from "./tally.ts";

/** Small beside a count of one row, and large beside rounding. */
const STEP = 1e-4;

/**
 * Fills `out` (n) with each row's influence on a function of the confusion matrix: n times how fast the value moves with the
 * count of the row's cell (the infinitesimal jackknife), by central differences.
 */
export function cellInfluence(tally: Tally, counted: Counts, of: (counts: Counts) => number, out: Float64Array): void {
  const counts: Counts = {
    total: counted.total,
    hits: counted.hits.slice(),
    actual: counted.actual.slice(),
    predicted: counted.predicted.slice(),
    cells: counted.cells.slice(),
  };
  const { cellActual, cellPredicted, cellOf } = tally;
  const n = counts.total;
  const add = (sums: Float64Array, place: number, step: number) => {
    sums[place] = (sums[place] as number) + step;
  };
  const move = (cell: number, step: number) => {
    const row = cellActual[cell] as number;
    const column = cellPredicted[cell] as number;
    add(counts.cells, cell, step);
    add(counts.actual, row, step);
    add(counts.predicted, column, step);
    if (row === column) add(counts.hits, row, step);
    counts.total += step;
  };
  const influences = Float64Array.from(counts.cells, (_count, cell) => {
    move(cell, STEP);
    const above = of(counts);
    move(cell, -2 * STEP);
    const below = of(counts);
    move(cell, STEP);
    return (n * (above - below)) / (2 * STEP);
  });
  cellOf.forEach((cell, row) => {
    out[row] = influences[cell] as number;
  });
}
