import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { RequestsResult } from "../../../schemas/cli-output.ts";
import type { Database } from "../../data/database.ts";
import { copyOptions } from "../../data/hand-over.ts";
import { literal } from "../../data/sql.ts";
import { fileFormatOf } from "../../spec/file-format.ts";

/** What the table `requests` says of each version, and how: sums over rows that stand for others are estimates. */
export async function summarize(db: Database): Promise<RequestsResult["versions"]> {
  const rows = await db.rows(
    `SELECT slipway_version AS version, slipway_stage AS stage, slipway_role AS role,
       CAST(round(sum(1 / slipway_sample) FILTER (slipway_row = 0)) AS BIGINT) AS requests,
       CAST(round(sum(1 / slipway_sample)) AS BIGINT) AS rows,
       CAST(round(sum(1 / slipway_sample) FILTER (slipway_row = 0 AND slipway_error IS NOT NULL)) AS BIGINT) AS errors,
       quantile_cont(slipway_ms, 0.5) FILTER (slipway_row = 0) AS p50_ms,
       quantile_cont(slipway_ms, 0.99) FILTER (slipway_row = 0) AS p99_ms,
       max(slipway_time) AS last
     FROM requests GROUP BY ALL ORDER BY version DESC, stage, role`,
  );
  return rows.map((row) => ({
    version: Number(row["version"]),
    stage: String(row["stage"]),
    role: row["role"] as RequestsResult["versions"][number]["role"],
    requests: Number(row["requests"] ?? 0),
    rows: Number(row["rows"]),
    errors: Number(row["errors"] ?? 0),
    p50_ms: Number(row["p50_ms"] ?? 0),
    p99_ms: Number(row["p99_ms"] ?? 0),
    last: isoTime(String(row["last"])),
  }));
}

/** The newest rows, as JSON has them, without columns in which all of them have nothing. */
export async function newestRows(db: Database, limit: number): Promise<RequestsResult["entries"]> {
  const rows = await db.rows(
    `SELECT to_json(r)::VARCHAR AS json FROM (FROM requests ORDER BY slipway_time DESC, slipway_request, slipway_row LIMIT ${limit}) AS r`,
  );
  return rows.map((row) => {
    const { slipway_time: at, ...entry } = JSON.parse(String(row["json"]));
    return { ...entry, slipway_time: isoTime(String(at)) };
  });
}

/** Writes all rows to `out`, whose extension says the format, whole or not at all. Rejects with UNSUPPORTED for another. */
export async function exportRows(db: Database, folder: string, out: string): Promise<void> {
  const { extension } = fileFormatOf(out);
  const made = join(folder, `rows${extension}`);
  await db.run(
    `COPY (FROM requests ORDER BY slipway_time, slipway_request, slipway_row) TO ${literal(made)} (${copyOptions(extension)})`,
  );
  await copyFile(made, out);
}

/** DuckDB's text of a moment in UTC, as ISO 8601. */
function isoTime(text: string): string {
  return new Date(`${text.replace(" ", "T")}Z`).toISOString();
}
