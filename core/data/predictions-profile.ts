import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataProfile } from "../../schemas/data-record.ts";
import { Database } from "./database.ts";
import { profileRows } from "./profile.ts";
import { importFiles } from "./source.ts";
import { ofParquet, reading } from "./types.ts";

/** What stands beside the prediction of a row and is a program's answer too; a row's id and a metric's own scores are none. */
const ANSWERED = /^(prediction|score|(proba|score)_.*)$/s;

/**
 * The profile of predictions as they are kept (a Parquet file of `joinPredictions`): what later predictions are compared with. `work`
 * is an existing folder. Rejects with DATA_UNREADABLE.
 */
export async function profilePredictions(request: {
  file: string;
  work: string;
  signal?: AbortSignal | undefined;
}): Promise<DataProfile> {
  const { file, signal } = request;
  const folder = await mkdtemp(join(request.work, "profile-"));
  const db = await Database.open({ folder, read: [file], write: [], signal });
  try {
    const name = "predictions.parquet";
    const { table, columns, rows } = await importFiles(db, "predictions", [{ path: name, name, file }]);
    const answered = columns
      .filter((column) => ANSWERED.test(column.name))
      .map((column) => {
        const type = ofParquet(column.source);
        const { value, unfit } = reading(column, type, []);
        return { name: column.name, type, value, missing: `(${value} IS NULL AND NOT ${unfit})`, declared: undefined };
      });
    const stored = `(SELECT rowid + 1 AS n, * FROM ${table})`;
    return await profileRows(db, { stored, count: rows, columns: answered }, {});
  } finally {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
}
