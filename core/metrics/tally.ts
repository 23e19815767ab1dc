import type { Draw } from "./statistic.ts";

/** What the confusion matrix of one draw adds up to. Shapes: k classes, c cells that ever occur. */
export interface Counts {
  total: number;
  /** Right predictions of each class: the diagonal, k. */
  hits: Float64Array;
  /** Rows of each true class, k. */
  actual: Float64Array;
  /** Rows of each predicted class, k. */
  predicted: Float64Array;
  /** c. */
  cells: Float64Array;
}

/** A confusion matrix kept sparse, so that memory follows the rows and not the square of the classes. */
export interface Tally {
  readonly size: number;
  /** The true and the predicted class of each cell, c. */
  readonly cellActual: readonly number[];
  readonly cellPredicted: readonly number[];
  /** The cell of each row, n. */
  readonly cellOf: Int32Array;
  /** The counts of a draw: one array, overwritten by the next draw. */
  count(draw: Draw): Counts;
}

/** `actual` and `predicted` are class places, n; `size` is k. */
export function tallyOf(actual: Int32Array, predicted: Int32Array, size: number): Tally {
  const places = new Map<number, number>();
  const cellActual: number[] = [];
  const cellPredicted: number[] = [];
  const cellOf = Int32Array.from(actual, (place, row) => {
    const key = place * size + (predicted[row] as number);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, cellActual.length);
    cellActual.push(place);
    cellPredicted.push(predicted[row] as number);
    return cellActual.length - 1;
  });
  const zeros = (length: number) => new Float64Array(length);
  const counts: Counts = {
    total: 0,
    hits: zeros(size),
    actual: zeros(size),
    predicted: zeros(size),
    cells: zeros(cellActual.length),
  };
  let counted = -1;
  return {
    size,
    cellActual,
    cellPredicted,
    cellOf,
    count(draw) {
      if (draw.id === counted) return counts;
      counted = draw.id;
      const cells = counts.cells.fill(0);
      for (let i = 0; i < cellOf.length; i++) {
        const cell = cellOf[i] as number;
        cells[cell] = (cells[cell] as number) + (draw.counts[i] as number);
      }
      counts.total = 0;
      for (const sums of [counts.hits, counts.actual, counts.predicted]) sums.fill(0);
      cells.forEach((count, cell) => {
        const row = cellActual[cell] as number;
        const column = cellPredicted[cell] as number;
        counts.total += count;
        counts.actual[row] = (counts.actual[row] as number) + count;
        counts.predicted[column] = (counts.predicted[column] as number) + count;
        if (row === column) counts.hits[row] = count;
      });
      return counts;
    },
  };
}
