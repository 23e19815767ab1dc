import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../../data/database.ts";
import { parquetReader, parquetUnion } from "../../data/readers.ts";
import { identifier, literal } from "../../data/sql.ts";
import { SQL_TYPES } from "../../data/types.ts";
import { SlipwayError } from "../../errors.ts";
import { type LogFile, type LogSource, listLog } from "./list-log.ts";
import { ABOUT_COLUMNS } from "./logged-rows.ts";
import { endOf } from "./object-name.ts";

/** Requests that came at `since` or later, and before `until`. */
export interface LogRange {
  model: string;
  since: Date;
  until?: Date | undefined;
}

/**
 * Opens a model's requests as the table `requests`, which has the columns that every file of the log has, and those of all
 * versions in the range. Whatever `act` writes goes into `folder`, which goes with the database. Rejects as the store does, and
 * with STORE_FAILED for an object that is no Parquet file.
 */
export async function withRequests<T>(
  source: LogSource,
  range: LogRange,
  act: (db: Database, folder: string) => Promise<T>,
): Promise<T> {
  const work = await mkdtemp(join(tmpdir(), "slipway-requests-"));
  try {
    const listed = (await listLog(source, range.model)).filter((file) => isWithin(file, range));
    const files = await bringAll(listed, work, source.signal);
    const folder = join(work, "out");
    await mkdir(folder);
    const db = await Database.open({
      ...{ folder: join(work, "rows"), read: files.map(({ path }) => path), write: [folder] },
      signal: source.signal,
    });
    try {
      await openRequests(db, files, range);
      return await act(db, folder);
    } finally {
      await db.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A copy of each file that is still there. */
async function bringAll(
  listed: readonly LogFile[],
  work: string,
  signal: AbortSignal | undefined,
): Promise<BroughtFile[]> {
  const found: BroughtFile[] = [];
  for (const file of listed) {
    const path = await file.copy(join(work, `log-${found.length}`), signal);
    if (path !== undefined) found.push({ name: file.name, path });
  }
  return found;
}

/** Whether a file of the log may hold rows of the range. */
export function isWithin({ hour }: Pick<LogFile, "hour">, { since, until }: Omit<LogRange, "model">): boolean {
  return endOf(hour) > since.getTime() && (until === undefined || hour < until.getTime());
}

/** A file of the log whose Parquet is on this machine. */
export interface BroughtFile {
  name: string;
  path: string;
}

/**
 * Makes the table `requests` of these files' rows in the range, in the place of an earlier one. Rejects with STORE_FAILED for a
 * file that is no Parquet file, or none of the log's.
 */
export async function openRequests(
  db: Database,
  files: readonly BroughtFile[],
  { since, until }: Omit<LogRange, "model">,
): Promise<void> {
  await db.run("DROP VIEW IF EXISTS requests");
  const columns = ABOUT_COLUMNS.map(([name, type]) => `${identifier(name)} ${SQL_TYPES[type]}`);
  if (files.length === 0) {
    await db.run(`CREATE TABLE IF NOT EXISTS no_requests (${columns.join(", ")}, prediction VARCHAR)`);
    return db.run("CREATE VIEW requests AS FROM no_requests");
  }
  for (const { name, path } of files) {
    await db.rows(`SELECT slipway_time FROM ${parquetReader(path)} LIMIT 0`).catch((cause) => {
      throw new SlipwayError("STORE_FAILED", `The request log has an object that is none of its files: ${name}`, {
        expected: "a Parquet file with the column slipway_time",
        hint: "Remove it, or bring it back from a copy.",
        cause,
      });
    });
  }
  const before = until === undefined ? "" : ` AND slipway_time < ${moment(until)}`;
  await db.run(
    `CREATE VIEW requests AS FROM ${parquetUnion(files.map(({ path }) => path))} WHERE slipway_time >= ${moment(since)}${before}`,
  );
}

function moment(at: Date): string {
  return `CAST(${literal(at.toISOString().slice(0, -1))} AS TIMESTAMP)`;
}
