import type { DuckDBValue } from "@duckdb/node-api";

/** A number for SQL text, exactly: with an exponent, so that DuckDB reads no decimal of fewer digits. */
export function double(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError("not a finite number");
  return value.toExponential();
}

/**
 * An aggregate over rows: how many finite values of `number`, an expression of type DOUBLE, are above the cut before and up to this
 * one; `readCounts` reads it. Cuts rise strictly.
 */
export function countsByCuts(number: string, cuts: readonly number[]): string {
  const list = `CAST([${cuts.map(double).join(", ")}] AS DOUBLE[])`;
  return `map_values(histogram(${number}, ${list}) FILTER (isfinite(${number})))`;
}

/** Counts of all bins, the last of which is above all cuts: DuckDB leaves that one out if it is empty. */
export function readCounts(found: DuckDBValue | undefined, cuts: readonly number[]): number[] {
  const items = (found as { items: readonly DuckDBValue[] } | null | undefined)?.items ?? [];
  return Array.from({ length: cuts.length + 1 }, (_, bin) => Number(items[bin] ?? 0));
}
