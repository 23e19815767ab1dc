import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import type { Violation } from "../../schemas/data-record.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { repositoryPath } from "../spec/paths.ts";
import { firstIds } from "./checks.ts";
import type { Database } from "./database.ts";
import { type Located, regularFile } from "./locate.ts";
import type { Rows } from "./rows.ts";
import { literal } from "./sql.ts";

/** The files that a set's rows name in `file` columns. */
export interface NamedFiles {
  /** Over their sorted paths and digests; undefined if no column names files. */
  sha256: Sha256 | undefined;
  violations: Violation[];
  /** Relative to the repository's root. */
  paths: string[];
}

/**
 * Looks up what `file` columns name: a path relative to the data file that names it, of a regular file within the
 * repository. Missing ones, links and paths that leave the repository are violations.
 */
export async function namedFiles(
  db: Database,
  rows: Rows,
  files: readonly Located[],
  root: string,
  signal?: AbortSignal,
): Promise<NamedFiles> {
  const columns = rows.columns.filter(({ type }) => type === "file");
  if (columns.length === 0) return { sha256: undefined, violations: [], paths: [] };
  const remote = files.find((file) => file.remote);
  if (remote)
    throw new SlipwayError("UNSUPPORTED", "Data from outside the repository cannot name files.", {
      expected: "no column of type file",
      found: remote.path,
    });
  const found = new Map<string, string>();
  const violations: Violation[] = [];
  for (const column of columns) {
    const names = await db.rows(
      `SELECT DISTINCT file, ${column.value} AS name FROM ${rows.table} WHERE ${column.value} IS NOT NULL ORDER BY file, name`,
    );
    const gone: string[] = [];
    for (const row of names) {
      const [index, name] = [Number(row["file"]), String(row["name"])];
      const folder = posix.dirname((files[index] as Located).path);
      const path = repositoryPath(folder === "." ? "" : folder, name);
      const file = path === undefined ? undefined : await regularFile(root, path).catch(() => undefined);
      if (path !== undefined && file) found.set(path, file);
      else gone.push(`(${index}, ${literal(name)})`);
    }
    if (gone.length === 0) continue;
    const breach = `FROM ${rows.table} WHERE (file, ${column.value}) IN (VALUES ${gone.join(", ")})`;
    const count = await db.count(`SELECT count(*) ${breach}`);
    violations.push({
      set: rows.set,
      column: column.name,
      check: "file",
      count,
      rows: await firstIds(db, breach),
      expected: "a regular file in the repository, relative to the data file",
      found: `${gone.length} ${gone.length === 1 ? "path that names" : "paths that name"} none`,
    });
  }
  const paths = [...found.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const digests = [];
  for (const path of paths) digests.push({ path, sha256: await digest(found.get(path) as string, signal) });
  return { sha256: sha256(canonicalJson(digests)), violations, paths };
}

/** Copies named files to where the same relative paths find them from a copy of the data file. */
export async function copyNamedFiles(root: string, paths: readonly string[], folder: string): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(root, path), join(folder, path), constants.COPYFILE_FICLONE);
  }
}

/** The folder below the copies' root where a set's data file has to lie. Rejects if its files lie in several. */
export function placeOf(files: readonly Located[], named: NamedFiles): string {
  if (named.sha256 === undefined) return "";
  const folders = [...new Set(files.map(({ path }) => posix.dirname(path)))];
  if (folders.length === 1 && folders[0] !== undefined) return folders[0];
  throw new SlipwayError("UNSUPPORTED", "Data files that name files by relative paths lie in several folders.", {
    expected: "one folder",
    found: folders.slice(0, 5).join(", "),
    hint: "Move them into one folder.",
  });
}

async function digest(file: string, signal?: AbortSignal): Promise<Sha256> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
