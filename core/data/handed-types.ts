import type { Violation } from "../../schemas/data-record.ts";
import type { Database } from "./database.ts";
import type { RawTable } from "./source.ts";

/** The types that Parquet columns are handed to user code in, where train's and test's differ. */
export interface HandedTypes {
  /** DuckDB's names, by column. */
  casts: ReadonlyMap<string, string>;
  /** Columns that have no type which holds both sets' values. */
  violations: Violation[];
}

/**
 * One type for each column that two Parquet tables hold. Numbers become wider, times go to the microsecond, and a column
 * without a value takes the other's type, as what wrote it could not know better.
 */
export async function handedTypes(db: Database, train: RawTable, test: RawTable): Promise<HandedTypes> {
  const casts = new Map<string, string>();
  const violations: Violation[] = [];
  for (const column of test.columns) {
    const other = train.columns.find(({ name }) => name === column.name);
    if (!other || other.source === column.source) continue;
    const held = async ({ table }: RawTable, raw: string) => (await db.count(`SELECT count(${raw}) FROM ${table}`)) > 0;
    const type =
      commonType(other.source, column.source) ??
      ((await held(train, other.raw)) ? undefined : column.source) ??
      ((await held(test, column.raw)) ? undefined : other.source);
    if (type !== undefined) casts.set(column.name, type);
    else
      violations.push({
        ...{ set: "test", column: column.name, check: "type", count: test.rows, rows: [] },
        expected: `${other.source}, as in train: write both files with one type`,
        found: column.source,
      });
  }
  return { casts, violations };
}

/** A raw value cast to its handed type; a 32-bit float by its text, so that 0.1 stays 0.1. */
export function handedValue({ raw, source }: { raw: string; source: string }, type: string | undefined): string {
  if (type === undefined || type === source) return raw;
  return source === "FLOAT" ? `CAST(CAST(${raw} AS VARCHAR) AS ${type})` : `CAST(${raw} AS ${type})`;
}

const INTEGERS = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/;
const NUMBERS = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT)|FLOAT|DOUBLE|DECIMAL.*)$/;
const TIMES = /^(DATE|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS)$/;
const TEXTS = /^(VARCHAR|ENUM.*)$/;

function commonType(a: string, b: string): string | undefined {
  const both = (kind: RegExp) => kind.test(a) && kind.test(b);
  if (both(TEXTS)) return "VARCHAR";
  if (both(TIMES)) return "TIMESTAMP";
  if (both(INTEGERS)) {
    if (both(/^U/)) return "UBIGINT";
    return [a, b].includes("UBIGINT") ? undefined : "BIGINT";
  }
  if (!both(NUMBERS)) return undefined;
  return commonDecimal(a, b) ?? "DOUBLE";
}

function commonDecimal(a: string, b: string): string | undefined {
  const [left, right] = [a, b].map((type) => /^DECIMAL\((\d+),(\d+)\)$/.exec(type)?.slice(1).map(Number));
  if (left === undefined || right === undefined) return undefined;
  const scale = Math.max(left[1] ?? 0, right[1] ?? 0);
  const whole = Math.max(...[left, right].map(([width = 0, places = 0]) => width - places));
  return whole + scale <= 38 ? `DECIMAL(${whole + scale},${scale})` : undefined;
}
