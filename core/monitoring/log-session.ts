import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Database } from "../data/database.ts";
import { SQL_TYPES } from "../data/types.ts";
import { SlipwayError } from "../errors.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import type { LogFile } from "../serving/request-log/list-log.ts";
import { ABOUT_COLUMNS } from "../serving/request-log/logged-rows.ts";
import { type BroughtFile, openRequests } from "../serving/request-log/read-log.ts";
import { fileAtFault, UnreadableRows } from "./unreadable-rows.ts";

/** MB that the database may hold: with what Node and Parquet's readers take beside it, a look stays below a gigabyte. */
const MEMORY = 400;

/** A database in which windows of a model's log are opened one after another. */
export interface LogSession {
  db: Database;
  /** A folder of the session's own, which SQL may read and write. */
  work: string;
  /**
   * Opens the rows of [since, until) in these files as the table `requests`, hands its columns (name → DuckDB's type) to `act`, and
   * lets go of what was brought. Rejects with UnreadableRows for what is no file of the log, and as the store does.
   */
  within<T>(
    files: readonly LogFile[],
    range: { since: Date; until: Date },
    act: (columns: ReadonlyMap<string, string>) => Promise<T>,
  ): Promise<T>;
}

interface LogOptions {
  signal?: AbortSignal | undefined;
  /** More files that SQL may read. */
  read?: readonly string[] | undefined;
  /** A folder that goes with its maker, for many sessions. Default: one of this session's own. */
  work?: (() => Promise<string>) | undefined;
}

/** Opens a session in which `files` can be read: in place where this machine has them, and otherwise from copies. */
export async function withLog<T>(
  files: readonly LogFile[],
  { signal, read: others = [], work: parent }: LogOptions,
  act: (session: LogSession) => Promise<T>,
): Promise<T> {
  const own = parent === undefined ? await makeWorkFolder("monitor") : undefined;
  const work = await mkdtemp(join(own?.private ?? (await parent?.()) ?? "", "log-"));
  try {
    const here = new Map<string, string>();
    for (const file of files) {
      const path = await file.locate();
      if (path !== undefined) here.set(file.name, path);
    }
    const read = [...here.values(), ...others];
    const db = await Database.open({ folder: join(work, "rows"), read, write: [work], signal, memory: MEMORY });
    try {
      return await act(sessionOf(db, work, here, signal));
    } catch (error) {
      throw asLogError(error);
    } finally {
      await db.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
    await own?.remove();
  }
}

function sessionOf(
  db: Database,
  work: string,
  here: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): LogSession {
  return {
    db,
    work,
    async within(files, range, act) {
      const folder = join(work, "brought");
      await mkdir(folder, { recursive: true });
      try {
        const brought: BroughtFile[] = [];
        for (const [index, file] of files.entries()) {
          const path = here.get(file.name) ?? (await file.copy(join(folder, `log-${index}`), signal));
          if (path !== undefined) brought.push({ name: file.name, path });
        }
        const unreadable = async (error: unknown) => {
          throw await asUnreadable(error, db, brought, signal);
        };
        const columns = await openRequests(db, brought, range)
          .then(() => columnsOf(db))
          .catch(unreadable);
        // What `act` itself refuses is no fault of the rows.
        return await act(columns).catch((error) =>
          error instanceof SlipwayError ? Promise.reject(error) : unreadable(error),
        );
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** The columns of `requests`. Rejects with UnreadableRows where one that every file of the log has is not there, or is of another type. */
async function columnsOf(db: Database): Promise<Map<string, string>> {
  const rows = await db.rows("DESCRIBE requests");
  const columns = new Map(rows.map((row) => [String(row["column_name"]), String(row["column_type"])]));
  const strange = ABOUT_COLUMNS.find(([name, type]) => columns.get(name) !== SQL_TYPES[type]);
  if (strange === undefined) return columns;
  const [name, type] = strange;
  throw new UnreadableRows(`The request log has files without the column ${name}, or with another one`, {
    expected: `${name} ${SQL_TYPES[type]}`,
    found: columns.get(name) ?? "no such column",
    hint: "docs/request-log.md says what a file of the log holds. Remove what is none.",
  });
}

const OF_ROWS = /^(Binder|Conversion|Invalid Input|IO|Not implemented|Out of Range|Serialization) Error/;

/** Names the file that is at fault. */
async function asUnreadable(
  error: unknown,
  db: Database,
  files: readonly BroughtFile[],
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const known = asLogError(error);
  if (!(known instanceof SlipwayError) || signal?.aborted) return error;
  const { message, problems } = known;
  const file = await fileAtFault(db, files);
  const about = file === undefined || message.includes(file) ? message : `${message} (${file})`;
  return new UnreadableRows(about, { problems: problems.map((each) => ({ ...each, message: about })), cause: error });
}

/** DuckDB's words on rows that it cannot read: whoever wrote them has to act, and it is no bug. */
function asLogError(error: unknown): unknown {
  if (error instanceof SlipwayError || !(error instanceof Error) || !OF_ROWS.test(error.message)) return error;
  return new UnreadableRows("Rows of the request log cannot be read", {
    found: error.message.split("\n", 1)[0]?.slice(0, 300) ?? "",
    cause: error,
  });
}
