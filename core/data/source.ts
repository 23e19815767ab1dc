import { SlipwayError } from "../errors.ts";
import { type Format, fileFormatOf } from "../spec/file-format.ts";
import { csvHeader } from "./csv-header.ts";
import type { Database } from "./database.ts";
import { csvReader, jsonLines, jsonReader, parquetReader } from "./readers.ts";
import { identifier } from "./sql.ts";

/** A column as the files hold it. `raw` is its name in the table: names from data stay out of SQL but for reading and writing. */
export interface RawColumn {
  name: string;
  raw: string;
  /** `text` (CSV), `json` (JSON Lines), or DuckDB's name of a Parquet type. */
  source: string;
}

/** Rows in DuckDB, in file order; `file` is the file's index, and `rowid + 1` the row's number. */
export interface RawTable {
  table: string;
  format: Format;
  extension: string;
  columns: RawColumn[];
  rows: number;
}

interface SourceFile {
  path: string;
  /** Whose extension says the format. */
  name: string;
  file: string;
}

const MAX_COLUMNS = 10_000;

/**
 * Takes files of one format into a table, value for value. Files after the first must have the same columns.
 * Rejects with DATA_UNREADABLE, naming the file, and the line if it can; never with what stands there.
 */
export async function importFiles(
  db: Database,
  table: string,
  files: readonly SourceFile[],
  limit?: number,
): Promise<RawTable> {
  const [first] = files;
  if (!first) throw new TypeError("no files");
  const { format, extension } = fileFormatOf(first.name);
  for (const { path, name } of files)
    if (fileFormatOf(name).extension !== extension)
      throw new SlipwayError("DATA_UNREADABLE", "The files of one set have different formats.", {
        expected: `${extension}, as ${first.path}`,
        found: path,
        file: path,
      });
  const perFile: FileColumn[][] = [];
  for (const file of files) perFile.push(await readable(file, format, () => columnsOf(db, format, file)));
  const columns = agreed(format, files, perFile).map(({ name, type }, index) => ({
    name,
    raw: `c${index}`,
    source: type,
  }));

  for (const [index, file] of files.entries()) {
    const own = perFile[index] as FileColumn[];
    const select = `SELECT ${[...columns.map((column) => rawValue(column, own)), `${index} AS file`].join(", ")} FROM ${reader(file, own)}${limit === undefined ? "" : ` LIMIT ${limit}`}`;
    await readable(file, format, () =>
      db.run(index === 0 ? `CREATE TABLE ${table} AS ${select}` : `INSERT INTO ${table} ${select}`),
    );
  }
  return { table, format, extension, columns, rows: await db.count(`SELECT count(*) FROM ${table}`) };
}

/** How many rows a file has. Rejects with DATA_UNREADABLE, naming the file, and never with what stands there. */
export async function countRows(db: Database, file: SourceFile): Promise<number> {
  const { format } = fileFormatOf(file.name);
  return readable(file, format, async () =>
    db.count(`SELECT count(*) FROM ${reader(file, await columnsOf(db, format, file))}`),
  );
}

async function columnsOf(db: Database, format: Format, { file, path, name: named }: SourceFile): Promise<FileColumn[]> {
  if (format === "csv")
    return (await csvHeader(file, path, named.toLowerCase().endsWith(".gz"))).map((name) => ({ name, type: "text" }));
  if (format === "parquet")
    return (await db.rows(`DESCRIBE SELECT * FROM ${parquetReader(file)}`)).map((row) => ({
      name: String(row["column_name"]),
      type: String(row["column_type"]),
    }));
  const keys = await db.rows(
    `SELECT name FROM (SELECT name, row_number() OVER () AS n FROM (SELECT unnest(json_keys(json)) AS name
       FROM ${jsonLines(file)}))
     GROUP BY name ORDER BY min(n) LIMIT ${MAX_COLUMNS + 1}`,
  );
  return keys.map((row) => ({ name: String(row["name"]), type: "json" }));
}

interface FileColumn {
  name: string;
  type: string;
}

/** The columns of a set: those of the first file (JSON Lines: of all files together, as a missing key is a null). */
function agreed(format: Format, files: readonly SourceFile[], perFile: readonly FileColumn[][]): FileColumn[] {
  const [first] = files as readonly [SourceFile];
  for (const [index, own] of perFile.entries()) refuseNames(own, format, (files[index] as SourceFile).path);
  if (format === "jsonl") {
    const all = uniqueNames(perFile.flat());
    refuseNames(all, format, first.path);
    return all;
  }
  const columns = perFile[0] as FileColumn[];
  for (const [index, own] of perFile.entries()) {
    const types = new Map(own.map(({ name, type }) => [name, type]));
    const odd =
      columns.find(({ name, type }) => types.get(name) !== type) ??
      own.find(({ name }) => !columns.some((column) => column.name === name));
    if (odd)
      throw new SlipwayError("DATA_UNREADABLE", `The column ${odd.name} is not the same as in ${first.path}.`, {
        expected: "the same columns of the same types in each file of a set",
        found: types.get(odd.name) ?? "no such column",
        file: (files[index] as SourceFile).path,
      });
  }
  return columns;
}

/** DuckDB, as many stores, cannot tell names apart by case alone, nor have one twice or empty. */
function refuseNames(columns: readonly FileColumn[], format: Format, file: string): void {
  const at = { file, ...(format === "csv" ? { line: 1 } : {}) };
  if (columns.length > MAX_COLUMNS || columns.length === 0)
    throw new SlipwayError("DATA_UNREADABLE", `The file has ${columns.length === 0 ? "no" : "too many"} columns.`, {
      expected: `1 to ${MAX_COLUMNS} columns`,
      ...at,
    });
  if (columns.length === 1 && columns[0]?.name === "")
    throw new SlipwayError("DATA_UNREADABLE", "The file is empty, or its first line is.", {
      expected: "the names of its columns",
      ...at,
    });
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (other !== undefined)
      throw new SlipwayError(
        "DATA_UNREADABLE",
        other === name
          ? `The column ${name} is there twice.`
          : `The columns ${other} and ${name} differ in case alone.`,
        { expected: "each column once", ...at, hint: "Rename one of them." },
      );
    if (name === "" || name.includes("\0"))
      throw new SlipwayError("DATA_UNREADABLE", "A column has no name.", {
        expected: "a name for each column",
        ...at,
        hint: "pandas writes such a column for its index: use to_csv(…, index=False).",
      });
  }
}

function uniqueNames(columns: readonly FileColumn[]): FileColumn[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

function reader({ name, file }: SourceFile, own: readonly { name: string }[]): string {
  const { format, extension } = fileFormatOf(name);
  if (format === "parquet") return parquetReader(file);
  if (format === "csv") return csvReader(file, own.length, extension.endsWith(".gz") ? "gzip" : "none");
  return jsonReader(
    file,
    own.map(({ name }) => name),
  );
}

function rawValue({ name, raw, source }: RawColumn, own: readonly { name: string }[]): string {
  const at = own.findIndex((column) => column.name === name);
  if (at < 0) return `CAST(NULL AS JSON) AS ${raw}`;
  return `${source === "text" ? `h${at}` : identifier(name)} AS ${raw}`;
}

/** Puts DuckDB's parser errors into our words: theirs quote the line, and values are never shown. */
async function readable<T>({ path }: SourceFile, format: Format, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof SlipwayError || cause.name === "AbortError") throw cause;
    const message = cause.message;
    const line = Number(/(?:CSV Error on Line:|JSON .* in line) (\d+)/.exec(message.split("\n", 1)[0] ?? "")?.[1] ?? 0);
    // DuckDB counts one line too many where a document is malformed.
    const at = /Malformed JSON/.test(message) ? line - 1 : line;
    throw new SlipwayError("DATA_UNREADABLE", `The file is not readable as ${NAMES[format]}.`, {
      ...reason(message, format),
      file: path,
      ...(at > 0 ? { line: at } : {}),
    });
  }
}

const NAMES: Record<Format, string> = { csv: "CSV", parquet: "Parquet", jsonl: "JSON Lines" };

function reason(message: string, format: Format): { expected: string; found: string; hint?: string } {
  const width = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (width) return { expected: `${width[1]} fields, as in the header`, found: `${width[2]}` };
  if (/unterminated quote/.test(message))
    return { expected: "quotes that are closed, and doubled within a field", found: "an open or stray quote" };
  if (/Maximum line size|buffer size|maximum_object_size/i.test(message))
    return { expected: "rows of at most 16 MiB", found: "a longer one", hint: "Is a quote left open?" };
  if (/invalid state/.test(message))
    return {
      expected: "RFC 4180: quotes around a whole field, and doubled within it",
      found: "a stray quote",
    };
  if (/duplicate key/.test(message)) return { expected: "each key once per object", found: "a key twice" };
  if (/Expected OBJECT/.test(message)) return { expected: "an object on each line", found: "something else" };
  if (format === "jsonl") return { expected: "one JSON object per line", found: "malformed JSON" };
  if (format === "parquet") return { expected: "a whole Parquet file", found: "something else, or a part of one" };
  return { expected: "RFC 4180: commas, quotes doubled within quotes, one header", found: "something else" };
}
