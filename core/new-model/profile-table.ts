import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../data/database.ts";
import { importFiles, type RawColumn } from "../data/source.ts";
import { inferred, type KnownType, reading, typeEvidence } from "../data/types.ts";
import { formatTable, type ReadTable } from "./read-table.ts";

/** What a column holds, as DuckDB counts it. */
export interface TableColumn {
  name: string;
  /** The narrowest type that all values have; undefined if there is no value. */
  type: KnownType | undefined;
  nulls: number;
  distinct: number;
  /** Of numbers and times: the least and the greatest; times as ISO 8601. */
  min?: number | string;
  max?: number | string;
  /** Of numbers. */
  mean?: number;
  /** The most frequent values with their counts, of a column with few of them. */
  values?: { value: string; count: number }[];
}

export interface TableProfile {
  rows: number;
  columns: TableColumn[];
  /** Texts that stand for a missing value in it. */
  nullTexts: string[];
}

const NULL_TEXTS = ["NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none", "?", "-", "."];
/** So few values are a list. */
export const MOST_VALUES = 50;
const MEMORY_MB = 500;

/** Counts what a table holds: the same types as `slipway check` finds. DuckDB sees one file, of ours, and nothing else. */
export async function profileTable({ names, rows }: ReadTable, signal?: AbortSignal): Promise<TableProfile> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-table-"));
  try {
    const file = join(folder, "rows.csv");
    await writeFile(file, formatTable(names, rows));
    const db = await Database.open({ folder, read: [file], write: [], memory: MEMORY_MB, signal });
    try {
      const { columns } = await importFiles(db, "t", [{ path: "rows.csv", name: "rows.csv", file }]);
      const nullTexts = await nullTextsOf(db, columns);
      const types = await typesOf(db, columns, nullTexts);
      const profiled: TableColumn[] = [];
      for (const [at, column] of columns.entries())
        profiled.push(await profileColumn(db, column, types[at], nullTexts));
      return { rows: rows.length, columns: profiled, nullTexts };
    } finally {
      await db.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function typesOf(db: Database, columns: readonly RawColumn[], nulls: readonly string[]) {
  const evidence = await db.row(`SELECT ${columns.map((column) => typeEvidence(column, nulls)).join(", ")} FROM t`);
  return columns.map((column) => inferred(evidence, column));
}

/** Words for nothing, where a column has a type but for them: elsewhere `NA` is Namibia. */
async function nullTextsOf(db: Database, columns: readonly RawColumn[]): Promise<string[]> {
  const plain = await typesOf(db, columns, []);
  const without = await typesOf(db, columns, NULL_TEXTS);
  const helped = columns.filter((_, at) => plain[at] === "string" && without[at] !== "string");
  if (helped.length === 0) return [];
  const found = await Promise.all(
    NULL_TEXTS.map((text) =>
      db.count(`SELECT count(*) FROM t WHERE ${helped.map(({ raw }) => `${raw} = '${text}'`).join(" OR ")}`),
    ),
  );
  return NULL_TEXTS.filter((_, at) => (found[at] ?? 0) > 0);
}

async function profileColumn(
  db: Database,
  column: RawColumn,
  type: KnownType | undefined,
  nulls: readonly string[],
): Promise<TableColumn> {
  const { value } = reading(column, type ?? "string", nulls);
  const isNumber = type === "long" || type === "double";
  const bounds = isNumber
    ? `min(v)::DOUBLE AS low, max(v)::DOUBLE AS high, avg(v)::DOUBLE AS mean`
    : type === "datetime"
      ? "strftime(min(v), '%Y-%m-%dT%H:%M:%SZ') AS low, strftime(max(v), '%Y-%m-%dT%H:%M:%SZ') AS high, NULL AS mean"
      : "NULL AS low, NULL AS high, NULL AS mean";
  const found = await db.row(
    `SELECT count(*) - count(v) AS nulls, count(DISTINCT v) AS distinct_values, ${bounds} FROM (SELECT ${value} AS v FROM t)`,
  );
  const distinct = Number(found["distinct_values"]);
  const { low, high, mean } = found as Record<"low" | "high" | "mean", number | string | null>;
  return {
    ...{ name: column.name, type, nulls: Number(found["nulls"]), distinct },
    ...(low === null || high === null ? {} : { min: low, max: high }),
    ...(typeof mean === "number" ? { mean } : {}),
    ...(distinct > 0 && distinct <= MOST_VALUES ? { values: await valuesOf(db, value) } : {}),
  };
}

async function valuesOf(db: Database, value: string): Promise<{ value: string; count: number }[]> {
  const rows = await db.rows(
    `SELECT CAST(v AS VARCHAR) AS value, count(*) AS n FROM (SELECT ${value} AS v FROM t) WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, value`,
  );
  return rows.map((row) => ({ value: String(row["value"]), count: Number(row["n"]) }));
}
