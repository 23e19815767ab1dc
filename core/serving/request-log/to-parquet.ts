import { open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SpoolHead } from "../../../schemas/request-log.ts";
import { Database } from "../../data/database.ts";
import { copyOptions } from "../../data/hand-over.ts";
import { jsonLines } from "../../data/readers.ts";
import { identifier, literal } from "../../data/sql.ts";
import { fromText, SQL_TYPES } from "../../data/types.ts";

const MOST_HEAD = 4 * 1024 * 1024;

/** Writes the rows of a spool file, whose lines are whole, as Parquet. `work` is a folder that exists, for this alone. */
export async function toParquet(spool: string, parquet: string, work: string, signal?: AbortSignal): Promise<void> {
  const { columns } = await readHead(spool);
  const db = await Database.open({ folder: work, read: [spool], write: [dirname(parquet)], signal });
  try {
    const select = columns.map(([name, type], at) => {
      const text = `json->>'$[${at}]'`;
      const value = type === "datetime" ? fromText(text, type) : `TRY_CAST(${text} AS ${SQL_TYPES[type]})`;
      return `${value} AS ${identifier(name)}`;
    });
    await db.run(
      `COPY (SELECT ${select.join(", ")} FROM ${jsonLines(spool)} WHERE json_type(json) = 'ARRAY')
       TO ${literal(parquet)} (${copyOptions(".parquet")})`,
    );
  } catch (error) {
    await rm(parquet, { force: true });
    throw error;
  } finally {
    await db.close();
  }
}

/** Rejects where the file does not begin with the line that says what its columns are. */
async function readHead(spool: string): Promise<SpoolHead> {
  const file = await open(spool, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_HEAD), 0, MOST_HEAD, 0);
    const text = buffer.toString("utf8", 0, bytesRead);
    return SpoolHead.parse(JSON.parse(text.slice(0, text.indexOf("\n") + 1)));
  } finally {
    await file.close();
  }
}

/** Cuts what a killed writer left half at the end. Resolves to whether a row is left. */
export async function keepWholeLines(spool: string): Promise<boolean> {
  const bytes = await readFile(spool);
  const end = bytes.lastIndexOf(10) + 1;
  const file = await open(spool, "r+");
  try {
    if (end < bytes.length) await file.truncate(end);
  } finally {
    await file.close();
  }
  return bytes.indexOf(10) + 1 < end;
}
