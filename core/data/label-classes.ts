import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { LabelClasses } from "../metrics/labels-fit.ts";
import type { Value } from "../metrics/scored.ts";
import type { Database } from "./database.ts";
import { labelOfClasses } from "./roles.ts";
import { columnNamed, type Rows } from "./rows.ts";

/** As many as a report can say anything of. */
const MAX_CLASSES = 1_000;

/** The classes among each set's labels, sorted; undefined if labels are no classes, or too many. */
export async function labelClasses(
  db: Database,
  sets: { train: Rows | undefined; test: Rows },
  spec: ModelSpec,
): Promise<LabelClasses | undefined> {
  const train = sets.train && (await classesOfRows(db, sets.train, spec));
  const test = await classesOfRows(db, sets.test, spec);
  if (test === undefined || (sets.train && train === undefined)) return undefined;
  return { ...(train ? { train } : {}), test };
}

async function classesOfRows(db: Database, rows: Rows, spec: ModelSpec): Promise<Value[] | undefined> {
  const column = columnNamed(rows, labelOfClasses(spec));
  if (column === undefined || column.identity.type === "other" || column.identity.type === "datetime") return undefined;
  const { value } = column.identity;
  const found = await db.rows(
    `SELECT DISTINCT ${value} AS label FROM ${rows.table} WHERE ${value} IS NOT NULL ORDER BY label LIMIT ${MAX_CLASSES + 1}`,
  );
  if (found.length > MAX_CLASSES) return undefined;
  return found.map(({ label }) => (typeof label === "bigint" ? Number(label) : (label as Value)));
}
