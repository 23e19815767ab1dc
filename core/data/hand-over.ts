import { constants } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "./database.ts";
import { handedValue } from "./handed-types.ts";
import type { Rows } from "./rows.ts";
import { identifier, literal } from "./sql.ts";

/** Writes rows for user code in their source's format, values as the source holds them. */
export async function writeRows(
  db: Database,
  rows: Rows,
  to: { folder: string; name: string },
  what: { columns: readonly string[]; id: boolean; casts?: ReadonlyMap<string, string>; limit?: number },
): Promise<string> {
  await mkdir(to.folder, { recursive: true });
  const file = join(to.folder, `${to.name}${rows.extension}`);
  const wanted = rows.columns.filter(({ name }) => what.columns.includes(name));
  const select = [
    ...(what.id ? [`${rows.wholeIds ? "CAST(id AS BIGINT)" : "id"} AS slipway_id`] : []),
    ...wanted.map((column) => `${handedValue(column, what.casts?.get(column.name))} AS ${identifier(column.name)}`),
  ];
  const query = `SELECT ${select.join(", ")} FROM ${rows.table}${what.limit === undefined ? "" : ` ORDER BY n LIMIT ${what.limit}`}`;
  await db.run(`COPY (${query}) TO ${literal(file)} (${copyOptions(rows.extension)})`);
  return file;
}

/** A copy, never a link: what user code does to it must not reach the repository. */
export async function copyOriginal(
  source: string,
  to: { folder: string; name: string },
  extension: string,
): Promise<string> {
  await mkdir(to.folder, { recursive: true });
  const file = join(to.folder, `${to.name}${extension}`);
  await copyFile(source, file, constants.COPYFILE_FICLONE);
  return file;
}

export function copyOptions(extension: string): string {
  if (extension === ".parquet") return "FORMAT parquet, COMPRESSION zstd";
  if (extension === ".jsonl" || extension === ".ndjson") return "FORMAT json";
  return `FORMAT csv, HEADER true, DELIMITER ',', QUOTE '"', ESCAPE '"'${extension === ".csv.gz" ? ", COMPRESSION gzip" : ""}`;
}
