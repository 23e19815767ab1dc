import type { DuckDBValue } from "@duckdb/node-api";
import type { ColumnProfile, DataProfile } from "../../schemas/data-record.ts";
import type { DataSpec } from "../../schemas/model-spec.ts";
import { countsByCuts, readCounts } from "./count-by-cuts.ts";
import type { Database } from "./database.ts";
import { cutsOf, quantilesOf, ranksOf } from "./quantile-ranks.ts";
import { COLUMNS_AT_ONCE, type Rows, type TypedColumn } from "./rows.ts";

const EXACT_ROWS = 1_000_000;
const LISTED = 100;
/** Of a text column that has more values than are listed, each has to stand in so many rows, on average. */
const ROWS_PER_VALUE = 20;
const LONGEST_VALUE = 200;

type Found = Record<string, DuckDBValue>;
type ProfiledColumn = Pick<TypedColumn, "name" | "type" | "value" | "missing" | "declared">;
/** A table with `n`, the row's number from 1, and columns. */
type ProfiledRows = Pick<Rows, "stored" | "count"> & { columns: readonly ProfiledColumn[] };

/**
 * Aggregates of each column: of a sensitive one its nulls alone. Numbers have cuts at 1/64 … 63/64 and the exact counts between them;
 * cuts and quantiles are exact up to a million rows, and from every k-th row beyond. Text has its frequent values where values repeat:
 * at most 100 distinct ones, half as many as rows or fewer; or more, and twenty times as many rows. Never where they name rows, groups
 * or files.
 */
export async function profileRows(
  db: Database,
  rows: ProfiledRows,
  data: Pick<DataSpec, "id" | "group">,
): Promise<DataProfile> {
  const columns = rows.columns.filter(({ type }) => type !== "other");
  const step = Math.max(1, Math.ceil(rows.count / EXACT_ROWS));
  const found = await aggregates(db, rows.stored, columns, COLUMNS_AT_ONCE, (column, as) => [
    `count(*) FILTER (${column.missing}) AS nulls${as}`,
    ...(column.declared?.sensitive ? [] : summary(column, as, step)),
  ]);
  const names = (column: ProfiledColumn) =>
    column.name === data.id ? "rows" : column.name === data.group ? "groups" : undefined;
  const numbers = columns.filter((column) => isNumber(column) && !column.declared?.sensitive);
  // A column is held in memory while it is sorted: many at once of short columns alone.
  const together = Math.max(1, Math.min(COLUMNS_AT_ONCE, Math.floor(EXACT_ROWS / rows.count)));
  const ranked = await aggregates(db, rows.stored, numbers, together, (column, as) => {
    const [number, ranks] = [asDouble(column), ranksOf(sampledOf(found.get(column)))];
    const sorted = `list_sort(list(${number}) FILTER (${sampled(number, step)}))`;
    return [`list_select(${sorted}, [${ranks.join(", ")}]) AS ranked${as}`];
  });
  const cuts = new Map(
    numbers.map((column) => [column, names(column) ? [] : cutsOf(items(ranked.get(column)?.["ranked"]))]),
  );
  const counted = await aggregates(
    db,
    rows.stored,
    numbers.filter((column) => !names(column)),
    COLUMNS_AT_ONCE,
    (column, as) => [`${countsByCuts(asDouble(column), cuts.get(column) ?? [])} AS counts${as}`],
  );
  const profiles: [string, ColumnProfile][] = [];
  for (const column of columns) {
    const own = found.get(column) ?? {};
    const profile = toProfile(column, own, items(ranked.get(column)?.["ranked"]));
    const name = names(column);
    profiles.push([
      column.name,
      {
        ...profile,
        ...(name === undefined ? {} : { names: name }),
        ...(counted.has(column) ? binned(cuts.get(column) ?? [], counted.get(column)?.["counts"]) : {}),
        ...(name === undefined && repeats(column, profile, rows) ? await frequent(db, rows, column) : {}),
      },
    ]);
  }
  return { slipway: 1, rows: rows.count, columns: Object.fromEntries(profiles) };
}

/** Aggregates of many columns in few passes over the rows, given back by column under their bare names. */
async function aggregates(
  db: Database,
  table: string,
  columns: readonly ProfiledColumn[],
  together: number,
  select: (column: ProfiledColumn, as: string) => string[],
): Promise<Map<ProfiledColumn, Found>> {
  const found = new Map<ProfiledColumn, Found>();
  for (let at = 0; at < columns.length; at += together) {
    const some = columns.slice(at, at + together);
    const row = await db.row(
      `SELECT ${some.flatMap((column, index) => select(column, `_${index}`)).join(", ")} FROM ${table}`,
    );
    for (const name of Object.keys(row)) {
      const [bare = "", index] = name.split("_");
      const column = some[Number(index)] as ProfiledColumn;
      found.set(column, { ...found.get(column), [bare]: row[name] as DuckDBValue });
    }
  }
  return found;
}

function summary(column: ProfiledColumn, as: string, step: number): string[] {
  const { value, type } = column;
  const distinct = `approx_count_distinct(${value}) AS distinct${as}`;
  if (type === "datetime") {
    const known = `FILTER (isfinite(${value}))`;
    return [distinct, `epoch_ms(min(${value}) ${known}) AS min${as}`, `epoch_ms(max(${value}) ${known}) AS max${as}`];
  }
  if (!isNumber(column)) return [distinct];
  const number = asDouble(column);
  const known = `FILTER (isfinite(${number}))`;
  // Larger numbers overflow a variance, which DuckDB answers with an error.
  const sane = `abs(${number}) < 1e150`;
  return [
    distinct,
    `count(${number}) AS known${as}`,
    `count(*) ${known} AS finite${as}`,
    `count(*) FILTER (isnan(${number})) AS nan${as}`,
    ...(step === 1 ? [] : [`count(*) FILTER (${sampled(number, step)}) AS sampled${as}`]),
    `min(${number}) ${known} AS min${as}`,
    `max(${number}) ${known} AS max${as}`,
    `avg(${number}) FILTER (${sane}) AS mean${as}`,
    `stddev_pop(${number}) FILTER (${sane}) AS std${as}`,
    `bool_and(${sane}) ${known} AS sane${as}`,
  ];
}

/** The rows that quantiles are told from. */
function sampled(number: string, step: number): string {
  return step === 1 ? `isfinite(${number})` : `n % ${step} = 0 AND isfinite(${number})`;
}

function toProfile({ type }: ProfiledColumn, found: Found, ranked: readonly number[]): ColumnProfile {
  const inner = quantilesOf(ranked, sampledOf(found)).slice(1, -1);
  const quantiles = ranked.length > 0 ? [Number(found["min"]), ...inner, Number(found["max"])] : undefined;
  return {
    type: type as ColumnProfile["type"],
    nulls: Number(found["nulls"]),
    ...("nan" in found ? notFinite(found) : {}),
    ...("distinct" in found ? { distinct: Number(found["distinct"]) } : {}),
    ...finite("min", found["min"]),
    ...finite("max", found["max"]),
    ...(found["sane"] ? { ...finite("mean", found["mean"]), ...finite("std", found["std"]) } : {}),
    ...(quantiles?.every(Number.isFinite) ? { quantiles } : {}),
  };
}

function notFinite({ known, finite, nan }: Found): Pick<ColumnProfile, "nan" | "infinite"> {
  return { nan: Number(nan), infinite: Number(known) - Number(finite) - Number(nan) };
}

/** How many finite values quantiles are told from. */
function sampledOf(found: Found | undefined): number {
  return Number(found?.["sampled"] ?? found?.["finite"]);
}

function binned(cuts: readonly number[], counts: DuckDBValue | undefined): Pick<ColumnProfile, "cuts" | "counts"> {
  return { cuts: [...cuts], counts: readCounts(counts, cuts) };
}

function repeats({ type }: ProfiledColumn, { distinct }: ColumnProfile, { count }: ProfiledRows): boolean {
  if (distinct === undefined) return false;
  if (type === "boolean") return true;
  return type === "string" && distinct <= (distinct <= LISTED ? count / 2 : count / ROWS_PER_VALUE);
}

/** The frequent values, and how many values there are where these are all. */
async function frequent(
  db: Database,
  { stored }: ProfiledRows,
  { value }: ProfiledColumn,
): Promise<Pick<ColumnProfile, "top" | "other" | "distinct">> {
  const found = await db.rows(
    `SELECT CAST(${value} AS VARCHAR) AS value, count(*) AS count, CAST(sum(count(*)) OVER () AS BIGINT) AS total
     FROM ${stored} WHERE ${value} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${LISTED}`,
  );
  const top = found
    .map((row) => ({ value: String(row["value"]), count: Number(row["count"]) }))
    // A long text is none that people chose from a list; cut short, it could be taken for another one.
    .filter((each) => each.value.length <= LONGEST_VALUE);
  const other = Number(found[0]?.["total"] ?? 0) - top.reduce((sum, { count }) => sum + count, 0);
  return { top, other, ...(other === 0 ? { distinct: top.length } : {}) };
}

function isNumber({ type }: ProfiledColumn): boolean {
  return type === "long" || type === "double";
}

function asDouble({ value }: ProfiledColumn): string {
  return `CAST(${value} AS DOUBLE)`;
}

function items(list: DuckDBValue | undefined): number[] {
  return (list as { items: readonly DuckDBValue[] } | null | undefined)?.items.map(Number) ?? [];
}

function finite(name: "min" | "max" | "mean" | "std", value: DuckDBValue | undefined): Partial<ColumnProfile> {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? { [name]: number } : {};
}
