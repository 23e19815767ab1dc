import type { DuckDBValue } from "@duckdb/node-api";
import type { ColumnProfile, DataProfile } from "../../../schemas/data-record.ts";
import type { DataSpec } from "../../../schemas/model-spec.ts";
import type { Database } from "./database.ts";
import type { Rows, TypedColumn } from "./rows.ts";

const QUANTILES = "[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]";
const EXACT_ROWS = 1_000_000;

/**
 * Aggregates of each column: of a sensitive one its nulls alone. Text has its frequent values where values repeat
 * (at most 100 distinct ones, half as many as rows or fewer), never where they name rows, groups or files.
 * Quantiles are exact up to a million rows, and from every k-th row beyond.
 */
export async function profileRows(db: Database, rows: Rows, data: DataSpec): Promise<DataProfile> {
  const columns: Record<string, ColumnProfile> = {};
  for (const column of rows.columns) {
    const { name, type, missing } = column;
    if (type === "other") continue;
    const nulls = await db.count(`SELECT count(*) FILTER (${missing}) FROM ${rows.table}`);
    const names = name === data.id || name === data.group || type === "file";
    columns[name] = { type, nulls, ...(column.declared?.sensitive ? {} : await shape(db, rows, column, names)) };
  }
  return { slipway: 1, rows: rows.count, columns };
}

async function shape(db: Database, rows: Rows, column: TypedColumn, names: boolean): Promise<Partial<ColumnProfile>> {
  const { value, type } = column;
  const distinct = await db.count(`SELECT approx_count_distinct(${value}) FROM ${rows.table}`);
  if (type === "long" || type === "double") return { distinct, ...(await spread(db, rows, value)) };
  if (type === "datetime") {
    const { low, high } = await db.row(
      `SELECT epoch_ms(min(${value})) AS low, epoch_ms(max(${value})) AS high FROM ${rows.table} WHERE isfinite(${value})`,
    );
    return low === null ? { distinct } : { distinct, min: Number(low), max: Number(high) };
  }
  if (names || (type !== "boolean" && (distinct > 100 || distinct > rows.count / 2))) return { distinct };
  const top = await db.rows(
    `SELECT CAST(${value} AS VARCHAR) AS value, count(*) AS count FROM ${rows.table} WHERE ${value} IS NOT NULL
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`,
  );
  return {
    distinct,
    top: top.map((row) => ({ value: String(row["value"]).slice(0, 200), count: Number(row["count"]) })),
  };
}

async function spread(db: Database, rows: Rows, value: string): Promise<Partial<ColumnProfile>> {
  // Larger numbers overflow a variance, which DuckDB answers with an error.
  const sane = "abs(v) < 1e150";
  const step = Math.ceil(rows.count / EXACT_ROWS);
  const found = await db.row(
    `SELECT min(v) AS min, max(v) AS max, avg(v) FILTER (${sane}) AS mean, stddev_pop(v) FILTER (${sane}) AS std, bool_and(${sane}) AS sane, quantile_cont(v, ${QUANTILES}) FILTER (n % ${Math.max(step, 1)} = 0) AS quantiles
     FROM (SELECT CAST(${value} AS DOUBLE) AS v, n FROM ${rows.table}) WHERE isfinite(v)`,
  );
  const inner = (found["quantiles"] as { items: readonly DuckDBValue[] } | null)?.items.slice(1, -1).map(Number);
  const quantiles = inner && [Number(found["min"]), ...inner, Number(found["max"])];
  return {
    ...finite("min", found["min"]),
    ...finite("max", found["max"]),
    ...(found["sane"] ? { ...finite("mean", found["mean"]), ...finite("std", found["std"]) } : {}),
    ...(quantiles?.every(Number.isFinite) ? { quantiles } : {}),
  };
}

function finite(name: "min" | "max" | "mean" | "std", value: DuckDBValue | undefined): Partial<ColumnProfile> {
  return typeof value === "number" && Number.isFinite(value) ? { [name]: value } : {};
}
