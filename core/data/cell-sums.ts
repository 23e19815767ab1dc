import type { ModelSpec } from "../../schemas/model-spec.ts";
import { cellText } from "./cell-text.ts";
import type { Database } from "./database.ts";
import type { Rows, TypedColumn } from "./rows.ts";

/** DuckDB's planner takes time with the square of what a query computes of its columns. */
const COLUMNS_AT_ONCE = 50;

/** The columns that count apart, by name. */
type Apart = Pick<ModelSpec["data"], "id" | "null-values"> & { label: string | undefined };

/**
 * Makes a table, as many rows as the set has: `n`, and sums of hashes of cells: `features`, the `id` and the `label` (0 where
 * there is none). A sum knows neither names nor places of columns, and a null adds nothing to it.
 */
export async function sumCells(
  db: Database,
  rows: Rows,
  table: string,
  { id, label, "null-values": nulls = [] }: Apart,
): Promise<void> {
  const hash = (column: TypedColumn) =>
    `coalesce(CAST(md5_number_lower(${cellText(column, nulls)}) AS HUGEINT), 0::HUGEINT)`;
  const only = (name: string | undefined) => {
    const column = rows.columns.find((each) => each.name === name);
    return column ? hash(column) : "0::HUGEINT";
  };
  await db.run(
    `CREATE TABLE ${table} AS SELECT n, 0::HUGEINT AS features, ${only(id)} AS id, ${only(label)} AS label FROM ${rows.stored}`,
  );
  const features = rows.columns.filter(({ name }) => name !== id && name !== label).map(hash);
  for (let at = 0; at < features.length; at += COLUMNS_AT_ONCE) {
    const sum = `list_sum([${features.slice(at, at + COLUMNS_AT_ONCE).join(", ")}])`;
    await db.run(
      `UPDATE ${table} SET features = features + part.sum FROM (SELECT n, ${sum} AS sum FROM ${rows.stored}) AS part WHERE part.n = ${table}.n`,
    );
  }
}
