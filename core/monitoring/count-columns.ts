import type { DuckDBValue } from "@duckdb/node-api";
import type { Database } from "../data/database.ts";
import { COLUMNS_AT_ONCE } from "../data/rows.ts";
import { literals } from "../data/sql.ts";
import type { CurrentColumn } from "../drift/compare-column.ts";
import type { WatchedColumn } from "./watched-columns.ts";

/** A column's counts, and how many values of another type it had. */
export interface CountedColumn extends CurrentColumn {
  unfit: number;
}

/**
 * Counts rows of `from` by the bins that each column's profile keeps, exactly and in few passes: in memory that grows with the
 * bins, and never with the rows.
 */
export async function countColumns(
  db: Database,
  from: string,
  columns: readonly WatchedColumn[],
  rows: number,
): Promise<CountedColumn[]> {
  const counted = new Map<WatchedColumn, CountedColumn>();
  for (let at = 0; at < columns.length; at += COLUMNS_AT_ONCE) {
    const some = columns.slice(at, at + COLUMNS_AT_ONCE);
    const found = await db.row(`SELECT ${some.flatMap(aggregates).join(", ")} FROM ${from}`);
    for (const [index, column] of some.entries()) counted.set(column, toCounted(column, index, found, rows));
  }
  for (const column of columns)
    if (isCategory(column)) Object.assign(counted.get(column) as object, await categories(db, from, column));
  return columns.map((column) => counted.get(column) as CountedColumn);
}

function aggregates({ raw, value, type, kept }: WatchedColumn, index: number): string[] {
  const select = [`count(${raw}) AS known${index}`, `count(${value}) AS fit${index}`];
  if (type !== "long" && type !== "double") return select;
  const number = type === "double" ? value : `CAST(${value} AS DOUBLE)`;
  if (type === "double") select.push(`count(*) FILTER (isnan(${value})) AS nan${index}`);
  const cuts = kept?.cuts;
  if (cuts !== undefined && cuts.length > 0)
    select.push(`histogram(${number}, ${doubles(cuts)}) FILTER (isfinite(${number})) AS bins${index}`);
  else select.push(`count(*) FILTER (isfinite(${number})) AS finite${index}`);
  return select;
}

/** As text: DuckDB would read a number with many digits as a decimal, and round it again. */
function doubles(numbers: readonly number[]): string {
  return `CAST(${literals(numbers.map(String))} AS DOUBLE[])`;
}

function toCounted(
  { name, of, type, kept }: WatchedColumn,
  index: number,
  found: Readonly<Record<string, DuckDBValue>>,
  rows: number,
): CountedColumn {
  const count = (what: string) => Number(found[`${what}${index}`] ?? 0);
  const [known, fit] = [count("known"), count("fit")];
  const about = { name, of, rows, nulls: rows - known, unfit: known - fit };
  if (type !== "long" && type !== "double") return about;
  const nan = count("nan");
  const cuts = kept?.cuts;
  if (cuts === undefined || cuts.length === 0) {
    const finite = count("finite");
    return { ...about, nan, infinite: fit - nan - finite, ...(cuts === undefined ? {} : { counts: [finite] }) };
  }
  const counts = binned(cuts, found[`bins${index}`]);
  return { ...about, nan, infinite: fit - nan - counts.reduce((sum, each) => sum + each, 0), counts };
}

/** DuckDB's map of bins, by their upper ends; it leaves out what has no rows. */
function binned(cuts: readonly number[], found: DuckDBValue | undefined): number[] {
  const entries = (found as { entries: readonly { key: DuckDBValue; value: DuckDBValue }[] } | null)?.entries ?? [];
  const byEnd = new Map(entries.map(({ key, value }) => [Number(key), Number(value)]));
  return [...cuts, Number.POSITIVE_INFINITY].map((end) => byEnd.get(end) ?? 0);
}

function isCategory({ type, kept }: WatchedColumn): boolean {
  return (type === "string" || type === "boolean") && kept?.top !== undefined;
}

/** Rows by the kept categories; all other values are one more, however many there are. */
async function categories(
  db: Database,
  from: string,
  { value, kept }: WatchedColumn,
): Promise<Pick<CurrentColumn, "categories" | "other">> {
  const known = (kept?.top ?? []).map((each) => each.value);
  const text = `left(CAST(${value} AS VARCHAR), 200)`;
  const found = await db.rows(
    `SELECT category, count(*) AS rows FROM (SELECT CASE WHEN ${text} IN (SELECT unnest(${literals(known)})) THEN ${text} END AS category
       FROM ${from} WHERE ${value} IS NOT NULL) GROUP BY category`,
  );
  const byName = new Map(found.map(({ category, rows }) => [category, Number(rows)]));
  return {
    categories: Object.fromEntries(known.map((name) => [name, byName.get(name) ?? 0])),
    other: byName.get(null) ?? 0,
  };
}
