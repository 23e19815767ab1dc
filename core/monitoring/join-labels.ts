import type { Sha256, StageName, VersionNumber } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";
import type { Database } from "../data/database.ts";
import { answeredRowsOf, answeringVersions } from "./answered-rows.ts";

/**
 * Rows of `requests` that a version answered and whose label has come, each id once: the first answer to it counts, and none where an
 * earlier window has it (`rememberAnswered`).
 */
export function labelledRowsOf(version: VersionNumber, stage: StageName): string {
  return `(SELECT answered.*, l.label AS slipway_label FROM ${answeredRowsOf(version, stage)}, labels AS l WHERE answered.slipway_id = l.id
     AND NOT EXISTS (FROM answered_before AS b WHERE b.version = ${version} AND b.id = answered.slipway_id)
     QUALIFY row_number() OVER (PARTITION BY slipway_id ORDER BY slipway_time, slipway_request, slipway_row) = 1) AS labelled`;
}

/** Over a version's joined ids and labels in `requests`, in whatever order they come; undefined without any. */
export async function joinedLabels(
  db: Database,
  version: VersionNumber,
  stage: StageName,
): Promise<Sha256 | undefined> {
  const pair = "md5_number(slipway_id || chr(0) || coalesce('=' || slipway_label, ''))";
  const found = await db.row(
    `SELECT count(*) AS rows, bit_xor(${pair})::VARCHAR AS pairs, sum(${pair} % 1000000007)::VARCHAR AS sums
       FROM ${labelledRowsOf(version, stage)}`,
  );
  if (Number(found["rows"]) === 0) return undefined;
  return sha256(`${found["rows"]} ${found["pairs"]} ${found["sums"]}`);
}

/** Makes what `labelledRowsOf` reads: the ids with labels that versions answered in windows before. */
export async function createAnswered(db: Database): Promise<void> {
  await db.run("CREATE TABLE answered_before (version BIGINT, id VARCHAR)");
}

/** Remembers which ids with a label versions answered in `requests`: in later windows they count no more. */
export async function rememberAnswered(db: Database, stage: StageName): Promise<void> {
  for (const version of await answeringVersions(db, stage))
    await db.run(
      `INSERT INTO answered_before SELECT DISTINCT ${version}, slipway_id FROM ${labelledRowsOf(version, stage)}`,
    );
}

/** Whether any row of `requests` that was answered has a label, an earlier answer or none. */
export async function hasLabelled(db: Database, stage: StageName): Promise<boolean> {
  for (const version of await answeringVersions(db, stage))
    if ((await db.count(`SELECT count(*) FROM (FROM ${labelledRowsOf(version, stage)} LIMIT 1)`)) > 0) return true;
  return false;
}

/** Remembers which labels a row of `requests` has, whoever answered it, for `unknownLabels`. */
export async function rememberKnown(db: Database): Promise<void> {
  await db.run("CREATE TABLE IF NOT EXISTS known_labels (id VARCHAR)");
  await db.run(
    "INSERT INTO known_labels SELECT id FROM labels WHERE id IN (SELECT slipway_id FROM requests) EXCEPT SELECT id FROM known_labels",
  );
}

/** Labels whose id no row has had since the first `rememberKnown`. */
export async function unknownLabels(db: Database): Promise<number> {
  await db.run("CREATE TABLE IF NOT EXISTS known_labels (id VARCHAR)");
  return db.count("SELECT count(*) FROM labels WHERE id NOT IN (SELECT id FROM known_labels)");
}
