import type { Sha256 } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import type { DataRole } from "../plan/inputs.ts";
import type { Database } from "./database.ts";
import type { Located } from "./locate.ts";
import type { RawTable } from "./source.ts";

/** The files of one role, in their order. */
export interface Source {
  role: DataRole;
  files: Located[];
}

/** A file whose bytes are training data and test data, by both of its names. */
export interface SharedFile {
  train: string;
  test: string;
}

/**
 * The first test file that is a training file's bytes, whatever each is called. Rejects with DATA_INVALID if two files of
 * one role are the same bytes: test rows that are read from ten addresses of one file would count tenfold. Files without
 * rows may be alike.
 */
export async function findCopies(
  db: Database,
  sources: readonly Source[],
  tables: readonly RawTable[],
  digests: ReadonlyMap<string, { sha256: Sha256 }>,
): Promise<SharedFile | undefined> {
  const paths = new Map<string, string>();
  let found: SharedFile | undefined;
  for (const [at, { role, files }] of sources.entries()) {
    const held = await db.rows(`SELECT DISTINCT file FROM ${(tables[at] as RawTable).table} ORDER BY file`);
    for (const row of held) {
      const { path, file } = files[Number(row["file"])] as Located;
      const { sha256 } = digests.get(file) as { sha256: Sha256 };
      const other = paths.get(`${role} ${sha256}`);
      if (other !== undefined)
        throw new SlipwayError("DATA_INVALID", `The ${role} file ${path} holds the same bytes as ${other}.`, {
          expected: "each row once",
          found: "a copy",
          file: path,
          hint: "Name one of the two.",
        });
      paths.set(`${role} ${sha256}`, path);
      const train = role === "test" ? paths.get(`train ${sha256}`) : undefined;
      if (train !== undefined) found ??= { train, test: path };
    }
  }
  return found;
}
