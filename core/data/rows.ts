import type { DuckDBValue } from "@duckdb/node-api";
import type { Column } from "../../schemas/model-spec.ts";
import type { Database } from "./database.ts";
import { type IdentityTypes, identityOf } from "./identity.ts";
import type { RawColumn, RawTable } from "./source.ts";
import { common, identityText, inferred, type KnownType, ofParquet, reading, typeEvidence } from "./types.ts";

/** A column as it is read: SQL names in the table of `Rows`. */
export interface TypedColumn {
  name: string;
  type: KnownType;
  declared: Column | undefined;
  /** The raw value's column, to hand on, and its type: see RawColumn. */
  raw: string;
  source: string;
  /** The typed value's column; null if missing or unfit. */
  value: string;
  /** A condition: there is a value, and it does not fit the type. */
  unfit: string;
  /** A condition: there is no value. */
  missing: string;
  /** What tells its values apart: see IdentityTypes. For columns that name nothing the same as `type` and `value`. */
  identity: { type: KnownType; value: string };
}

/**
 * One set of rows in a table: `n` the row's number from 1 in the files' order, `id` its name (null if it has
 * none), `file` the index of its file, and the columns.
 */
export interface Rows {
  /** All of it. */
  table: string;
  /** The same without `id`: quicker to bind where there are thousands of columns. */
  stored: string;
  set: "train" | "test";
  format: RawTable["format"];
  extension: string;
  columns: readonly TypedColumn[];
  count: number;
  /** Whether ids are whole numbers: row numbers, or a `long` id column. */
  wholeIds: boolean;
}

/** DuckDB's planner takes time with the square of a query's aggregates: thousands of columns go in portions. */
export const COLUMNS_AT_ONCE = 10;

/** Declared types, and for the other columns one inferred over all rows of all sets. */
export async function columnTypes(
  db: Database,
  tables: readonly RawTable[],
  declared: Readonly<Record<string, Column>>,
  nulls: readonly string[],
): Promise<Map<string, KnownType>> {
  const types = new Map<string, KnownType | undefined>();
  for (const { table, columns } of tables) {
    const open = columns.filter(({ name }) => !Object.hasOwn(declared, name));
    const texts = open.filter(({ source }) => source === "text" || source === "json");
    const found: Record<string, DuckDBValue> = {};
    for (let at = 0; at < texts.length; at += COLUMNS_AT_ONCE) {
      const some = texts.slice(at, at + COLUMNS_AT_ONCE).map((column) => typeEvidence(column, nulls));
      Object.assign(found, await db.row(`SELECT ${some.join(", ")} FROM ${table}`));
    }
    for (const column of open) {
      const type = texts.includes(column) ? inferred(found, column) : ofParquet(column.source);
      types.set(column.name, common(types.get(column.name), type));
    }
  }
  const known = [...types].map(([name, type]) => [name, type ?? "string"] as const);
  return new Map([...known, ...Object.entries(declared).map(([name, column]) => [name, column.type] as const)]);
}

interface RowsOptions {
  declared: Readonly<Record<string, Column>>;
  types: ReadonlyMap<string, KnownType>;
  identities: IdentityTypes;
  nulls: readonly string[];
  /** The id column, if any: a sensitive one names no rows. */
  id: string | undefined;
  where?: string;
}

/** Makes the table of one set from raw rows. */
export async function makeRows(
  db: Database,
  set: Rows["set"],
  from: RawTable,
  { declared, types, identities, nulls, id: idName, where }: RowsOptions,
): Promise<Rows> {
  const select: string[] = [];
  const columns = from.columns.map((column, index): TypedColumn => {
    const type = types.get(column.name) ?? "string";
    const { value, unfit } = reading(column, type, nulls);
    if (value !== column.raw) select.push(`${value} AS v${index}`);
    if (unfit !== "false") select.push(`${unfit} AS u${index}`);
    const own = value === column.raw ? column.raw : `v${index}`;
    const bad = unfit === "false" ? "false" : `u${index}`;
    const identity = identities.get(column.name) ?? type;
    if (identity !== type) select.push(`${identityOf(column, type, identity, nulls)} AS i${index}`);
    return {
      name: column.name,
      type,
      declared: Object.hasOwn(declared, column.name) ? declared[column.name] : undefined,
      raw: column.raw,
      source: column.source,
      value: own,
      unfit: bad,
      missing: `(${own} IS NULL AND NOT ${bad})`,
      identity: { type: identity, value: identity === type ? own : `i${index}` },
    };
  });
  const idColumn = from.columns.find(({ name }) => name === idName);
  const named = idColumn && !declared[idColumn.name]?.sensitive ? idColumn : undefined;
  const wholeIds = !named || identities.get(named.name) === "long";
  await db.run(
    `CREATE TABLE ${set}_rows AS SELECT rowid + 1 AS n, file, ${[...from.columns.map(({ raw }) => raw), ...select].join(", ")} FROM ${from.table}${where ? ` WHERE ${where}` : ""}`,
  );
  const id = named ? idOf(named, wholeIds, nulls) : "CAST(n AS VARCHAR)";
  await db.run(`CREATE VIEW ${set} AS SELECT *, ${id} AS id FROM ${set}_rows`);
  const count = await db.count(`SELECT count(*) FROM ${set}`);
  return {
    table: set,
    stored: `${set}_rows`,
    set,
    format: from.format,
    extension: from.extension,
    columns,
    count,
    wholeIds,
  };
}

/** The text that names a row by its id column; `whole`: all ids are whole numbers. */
export function idOf(column: RawColumn, whole: boolean, nulls: readonly string[]): string {
  if (whole) return `CAST(${reading(column, "long", nulls).value} AS VARCHAR)`;
  return identityText(column, nulls);
}

export function columnNamed(rows: Rows, name: string | undefined): TypedColumn | undefined {
  return name === undefined ? undefined : rows.columns.find((column) => column.name === name);
}
