import type { Database } from "../data/database.ts";
import { parquetReader } from "../data/readers.ts";
import { SQL_TYPES } from "../data/types.ts";
import { expectedAndFound, SlipwayError } from "../errors.ts";
import { ABOUT_COLUMNS } from "../serving/request-log/logged-rows.ts";
import type { BroughtFile } from "../serving/request-log/read-log.ts";
import type { LogWindow } from "./log-windows.ts";
import type { AskedModel, ModelLook } from "./look-ports.ts";

/** STORE_FAILED of rows that are here and cannot be read: other windows can be, while a store that fails holds up all. */
export class UnreadableRows extends SlipwayError {
  constructor(message: string, about?: ConstructorParameters<typeof SlipwayError>[2]) {
    super("STORE_FAILED", message, about);
  }
}

/**
 * Which of a window's files is at fault for rows that DuckDB cannot read together, in words: one that it cannot read alone, else the
 * first one with a column of another type than the log has, or than a file before. Undefined where it is none of them.
 */
export async function fileAtFault(db: Database, files: readonly BroughtFile[]): Promise<string | undefined> {
  const types = new Map<string, string>(ABOUT_COLUMNS.map(([name, type]) => [name, SQL_TYPES[type]]));
  let odd: string | undefined;
  for (const { name, path } of files) {
    try {
      await db.count(`SELECT count(hash(each)) FROM ${parquetReader(path)} AS each`);
      for (const row of await db.rows(`DESCRIBE SELECT * FROM ${parquetReader(path)}`)) {
        const [column, type] = [String(row["column_name"]), String(row["column_type"])];
        const before = types.get(column) ?? type;
        if (before !== type) odd ??= `${name}: ${column} is ${type}, and elsewhere ${before}`;
        types.set(column, before);
      }
    } catch {
      return name;
    }
  }
  return odd;
}

/** Notes that a window is left out, each fault once and in `unread`. Throws what is no fault of the rows. */
export function unreadIn(look: ModelLook, { model }: Pick<AskedModel, "model">, unread: Set<string>) {
  return ({ window }: LogWindow) =>
    (error: unknown): undefined => {
      if (!(error instanceof UnreadableRows)) throw error;
      if (unread.has(error.message)) return undefined;
      unread.add(error.message);
      const about = expectedAndFound(error.problems[0] ?? {});
      const told = [`The window from ${window.from} is left out`, error.message, about].filter(Boolean).join(": ");
      look.problems.push({ model, code: error.code, message: told.slice(0, 2_000) });
      return undefined;
    };
}
