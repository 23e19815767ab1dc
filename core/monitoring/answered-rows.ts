import type { StageName, VersionNumber } from "../../schemas/names.ts";
import type { Database } from "../data/database.ts";
import { literal } from "../data/sql.ts";

/** What clients got: a shadow's answers are nobody's. */
const ANSWERED = "slipway_role IN ('stable', 'candidate')";

/** The rows of `requests` that a version was asked, in a stage, as something to select from. */
export function rowsOf(version: VersionNumber, stage: StageName): string {
  return `(FROM requests WHERE slipway_version = ${version} AND slipway_stage = ${literal(stage)} AND ${ANSWERED}) AS answered`;
}

/** The same without requests that came to no answer. */
export function answeredRowsOf(version: VersionNumber, stage: StageName): string {
  return `(FROM requests WHERE slipway_version = ${version} AND slipway_stage = ${literal(stage)} AND ${ANSWERED} AND slipway_error IS NULL) AS answered`;
}

/** The versions that answered clients in `requests`, in a stage. */
export async function answeringVersions(db: Database, stage: StageName): Promise<VersionNumber[]> {
  const rows = await db.rows(
    `SELECT DISTINCT slipway_version AS version FROM requests WHERE ${ANSWERED} AND slipway_stage = ${literal(stage)} AND slipway_version > 0 ORDER BY 1`,
  );
  return rows.map(({ version }) => Number(version));
}
