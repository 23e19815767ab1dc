import type { DuckDBValue } from "@duckdb/node-api";
import type { ColumnProfile, DataProfile } from "../../schemas/data-record.ts";
import type { DataSpec } from "../../schemas/model-spec.ts";
import type { Database } from "./database.ts";
import { COLUMNS_AT_ONCE, type Rows, type TypedColumn } from "./rows.ts";

const QUANTILES = "[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]";
const EXACT_ROWS = 1_000_000;

type Found = Record<string, DuckDBValue>;

/**
 * Aggregates of each column: of a sensitive one its nulls alone. Text has its frequent values where values repeat
 * (at most 100 distinct ones, half as many as rows or fewer), never where they name rows, groups or files.
 * Quantiles are exact up to a million rows, and from every k-th row beyond.
 */
export async function profileRows(db: Database, rows: Rows, data: DataSpec): Promise<DataProfile> {
  const columns = rows.columns.filter(({ type }) => type !== "other");
  const found = await aggregates(db, rows.stored, columns, COLUMNS_AT_ONCE, (column, as) => [
    `count(*) FILTER (${column.missing}) AS nulls${as}`,
    ...(column.declared?.sensitive ? [] : summary(column, as)),
  ]);
  // Quantiles hold a column in memory while they sort it: many at once of short columns alone.
  const step = Math.max(1, Math.ceil(rows.count / EXACT_ROWS));
  const open = columns.filter((column) => isNumber(column) && !column.declared?.sensitive);
  const together = Math.max(1, Math.min(COLUMNS_AT_ONCE, Math.floor(EXACT_ROWS / rows.count)));
  const spread = await aggregates(db, rows.stored, open, together, ({ value }, as) => {
    const number = `CAST(${value} AS DOUBLE)`;
    return [
      `quantile_cont(${number}, ${QUANTILES}) FILTER (n % ${step} = 0 AND isfinite(${number})) AS quantiles${as}`,
    ];
  });
  const profiles: [string, ColumnProfile][] = [];
  for (const column of columns) {
    const own = found.get(column) ?? {};
    const profile = toProfile(column, own, spread.get(column)?.["quantiles"]);
    const names = column.name === data.id || column.name === data.group;
    const top = names || !repeats(column, profile, rows) ? undefined : await frequent(db, rows, column);
    profiles.push([column.name, { ...profile, ...(top ? { top } : {}) }]);
  }
  return { slipway: 1, rows: rows.count, columns: Object.fromEntries(profiles) };
}

/** Aggregates of many columns in few passes over the rows, given back by column under their bare names. */
async function aggregates(
  db: Database,
  table: string,
  columns: readonly TypedColumn[],
  together: number,
  select: (column: TypedColumn, as: string) => string[],
): Promise<Map<TypedColumn, Found>> {
  const found = new Map<TypedColumn, Found>();
  for (let at = 0; at < columns.length; at += together) {
    const some = columns.slice(at, at + together);
    const row = await db.row(
      `SELECT ${some.flatMap((column, index) => select(column, `_${index}`)).join(", ")} FROM ${table}`,
    );
    for (const name of Object.keys(row)) {
      const [bare = "", index] = name.split("_");
      const column = some[Number(index)] as TypedColumn;
      found.set(column, { ...found.get(column), [bare]: row[name] as DuckDBValue });
    }
  }
  return found;
}

function summary(column: TypedColumn, as: string): string[] {
  const { value, type } = column;
  const distinct = `approx_count_distinct(${value}) AS distinct${as}`;
  if (type === "datetime") {
    const known = `FILTER (isfinite(${value}))`;
    return [distinct, `epoch_ms(min(${value}) ${known}) AS min${as}`, `epoch_ms(max(${value}) ${known}) AS max${as}`];
  }
  if (!isNumber(column)) return [distinct];
  const number = `CAST(${value} AS DOUBLE)`;
  const known = `FILTER (isfinite(${number}))`;
  // Larger numbers overflow a variance, which DuckDB answers with an error.
  const sane = `abs(${number}) < 1e150`;
  return [
    distinct,
    `min(${number}) ${known} AS min${as}`,
    `max(${number}) ${known} AS max${as}`,
    `avg(${number}) FILTER (${sane}) AS mean${as}`,
    `stddev_pop(${number}) FILTER (${sane}) AS std${as}`,
    `bool_and(${sane}) ${known} AS sane${as}`,
  ];
}

function toProfile({ type }: TypedColumn, found: Found, spread: DuckDBValue | undefined): ColumnProfile {
  const inner = (spread as { items: readonly DuckDBValue[] } | null | undefined)?.items.slice(1, -1).map(Number);
  const quantiles = inner && [Number(found["min"]), ...inner, Number(found["max"])];
  return {
    type: type as ColumnProfile["type"],
    nulls: Number(found["nulls"]),
    ...("distinct" in found ? { distinct: Number(found["distinct"]) } : {}),
    ...finite("min", found["min"]),
    ...finite("max", found["max"]),
    ...(found["sane"] ? { ...finite("mean", found["mean"]), ...finite("std", found["std"]) } : {}),
    ...(quantiles?.every(Number.isFinite) ? { quantiles } : {}),
  };
}

function repeats({ type }: TypedColumn, { distinct }: ColumnProfile, { count }: Rows): boolean {
  if (distinct === undefined) return false;
  return type === "boolean" || (type === "string" && distinct <= 100 && distinct <= count / 2);
}

async function frequent(db: Database, rows: Rows, { value }: TypedColumn) {
  const top = await db.rows(
    `SELECT CAST(${value} AS VARCHAR) AS value, count(*) AS count FROM ${rows.stored} WHERE ${value} IS NOT NULL
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`,
  );
  return top.map((row) => ({ value: String(row["value"]).slice(0, 200), count: Number(row["count"]) }));
}

function isNumber({ type }: TypedColumn): boolean {
  return type === "long" || type === "double";
}

function finite(name: "min" | "max" | "mean" | "std", value: DuckDBValue | undefined): Partial<ColumnProfile> {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? { [name]: number } : {};
}
