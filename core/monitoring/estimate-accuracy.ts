import type { PerformanceEstimate } from "../../schemas/monitoring.ts";
import type { Database } from "../data/database.ts";
import { confidence } from "./labelled-rows.ts";
import type { WatchedColumn } from "./watched-columns.ts";

/**
 * How often the rows of `from` would be right if the model's probabilities were (CBPE): the mean of the largest. Undefined without
 * probabilities. An estimate goes wrong where a world changes that inputs do not show: nothing is decided on it.
 */
export async function estimateAccuracy(
  db: Database,
  from: string,
  columns: readonly WatchedColumn[],
): Promise<PerformanceEstimate | undefined> {
  const asked = confidence(columns);
  if (asked === undefined) return undefined;
  const { value, rows } = await db.row(`SELECT ${asked.mean} AS value, ${asked.rows} AS rows FROM ${from}`);
  if (Number(rows) === 0) return undefined;
  return { metric: "accuracy_score", value: Number(value), rows: Number(rows), calibrated: false };
}
