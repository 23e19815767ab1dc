import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Database } from "./database.ts";
import { identityColumns, labelOfClasses } from "./roles.ts";
import type { RawColumn, RawTable } from "./source.ts";
import { finer, identityText, type KnownType, reading, wholeness } from "./types.ts";

/**
 * What a column's values are told apart by: `long` where all are whole numbers of 64 bits, `string` (each value's own
 * text) for other numbers, and for times past the microsecond. A double is never it, since different numbers may be one double; of a label alone `double`
 * says that it holds fractions, which name no classes.
 */
export type IdentityTypes = ReadonlyMap<string, KnownType>;

/** The identity of each such column, over all rows of all sets. */
export async function identityTypes(
  db: Database,
  tables: readonly RawTable[],
  spec: ModelSpec,
  types: ReadonlyMap<string, KnownType>,
): Promise<IdentityTypes> {
  const nulls = spec.data["null-values"] ?? [];
  const found = new Map<string, KnownType>();
  for (const name of identityColumns(spec)) {
    const type = types.get(name);
    if (type === undefined) continue;
    found.set(name, type);
    if (type === "datetime" && (await someFiner(db, tables, name, nulls))) found.set(name, "string");
    if (type !== "double" && type !== "long") continue;
    let [whole, fractions] = [true, false];
    for (const { table, columns } of tables) {
      const column = columns.find((candidate) => candidate.name === name);
      if (!column) continue;
      const held = await db.row(`SELECT ${wholeness(column, type, nulls)} FROM ${table}`);
      whole &&= held["whole"] === true;
      fractions ||= held["fractions"] === true;
    }
    const other = fractions && name === labelOfClasses(spec) ? "double" : "string";
    found.set(name, whole ? "long" : other);
  }
  return found;
}

/** Whether moments of a column lie closer together than the microseconds that `datetime` tells apart. */
async function someFiner(db: Database, tables: readonly RawTable[], name: string, nulls: readonly string[]) {
  for (const { table, columns } of tables) {
    const column = columns.find((candidate) => candidate.name === name);
    const condition = column && finer(column, nulls);
    if (condition && (await db.count(`SELECT count(*) FROM ${table} WHERE ${condition}`)) > 0) return true;
  }
  return false;
}

/** The SQL value of a column's identity; null if there is none. */
export function identityOf(column: RawColumn, type: KnownType, identity: KnownType, nulls: readonly string[]): string {
  const { value } = reading(column, type, nulls);
  if (identity === type) return value;
  if (identity === "long") return reading(column, "long", nulls).value;
  // A column that is read as numbers may hold `nan`, which is no value.
  const missing = type === "double" ? `(${value}) IS NULL` : `${column.raw} IS NULL`;
  return `CASE WHEN NOT (${missing}) THEN ${identityText(column, nulls)} END`;
}
