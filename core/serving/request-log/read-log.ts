import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "../../data/database.ts";
import { parquetReader, parquetUnion } from "../../data/readers.ts";
import { identifier, literal } from "../../data/sql.ts";
import { SQL_TYPES } from "../../data/types.ts";
import { SlipwayError } from "../../errors.ts";
import type { NamedStore } from "../../stores/named.ts";
import { ABOUT_COLUMNS } from "./logged-rows.ts";
import { endOf, objectName, parseObjectName } from "./object-name.ts";
import { spooledIn, spoolFolders } from "./spool-folder.ts";
import { keepWholeLines, toParquet } from "./to-parquet.ts";

export interface LogSource {
  store: NamedStore;
  /** The spool of this repository's own servers: what they have not sent yet counts too. */
  spool: string;
  signal?: AbortSignal | undefined;
}

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
    // The spool first: what is sent meanwhile is in both, and counts once.
    const spooled = await readSpool(source, range, work);
    const stored = await fetchStored(source, range, work);
    const files = [...new Map([...spooled, ...stored].map((file) => [file.name, file])).values()];
    const folder = join(work, "out");
    await mkdir(folder);
    const db = await Database.open({
      ...{ folder: join(work, "rows"), read: files.map(({ path }) => path), write: [folder] },
      signal: source.signal,
    });
    try {
      await createTable(db, files, range);
      return await act(db, folder);
    } finally {
      await db.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface FetchedFile {
  name: string;
  path: string;
}

/** What the store has of the hours that the range meets. */
async function fetchStored({ store, signal }: LogSource, range: LogRange, work: string): Promise<FetchedFile[]> {
  const names = (await store.list(`${range.model}/`, { signal })).filter((name) => isWithin(name, range));
  const found: FetchedFile[] = [];
  for (const name of names.sort()) {
    const bytes = await store.get(name, { signal });
    // It was removed meanwhile, as too old.
    if (bytes === undefined) continue;
    const path = join(work, `stored-${found.length}.parquet`);
    await writeFile(path, bytes);
    found.push({ name, path });
  }
  return found;
}

/** What servers of this repository have not sent yet. */
async function readSpool({ spool, signal }: LogSource, range: LogRange, work: string): Promise<FetchedFile[]> {
  const found: FetchedFile[] = [];
  for (const folder of await spoolFolders(spool)) {
    for (const { path, file } of await spooledIn(folder)) {
      const name = objectName(file);
      if (!isWithin(name, range)) continue;
      const copy = join(work, `spooled-${found.length}`);
      const isCopied = await copyFile(path, copy).then(
        () => true,
        () => false,
      );
      if (!isCopied) continue;
      if (path.endsWith(".parquet")) found.push({ name, path: copy });
      else if (await keepWholeLines(copy)) {
        const parquet = `${copy}.parquet`;
        const database = join(work, `convert-${found.length}`);
        await mkdir(database);
        await toParquet(copy, parquet, database, signal);
        found.push({ name, path: parquet });
      }
    }
  }
  return found;
}

function isWithin(name: string, { model, since, until }: LogRange): boolean {
  const file = parseObjectName(name);
  if (file?.model !== model) return false;
  return endOf(file.hour) > since.getTime() && (until === undefined || file.hour < until.getTime());
}

async function createTable(db: Database, files: readonly FetchedFile[], { since, until }: LogRange): Promise<void> {
  const columns = ABOUT_COLUMNS.map(([name, type]) => `${identifier(name)} ${SQL_TYPES[type]}`);
  if (files.length === 0) return db.run(`CREATE TABLE requests (${columns.join(", ")}, prediction VARCHAR)`);
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
