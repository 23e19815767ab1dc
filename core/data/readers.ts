import { literal, literals } from "./sql.ts";

/** No row is longer than this many bytes. */
const MAX_ROW = 16 * 2 ** 20;

/*
 * The one door through which SQL reads files. A path says where bytes are and nothing else: DuckDB would take `y=1/` for
 * a column, and `[`, `*` and `?` for a pattern.
 */

/** Columns are named `h0`, `h1` …, all text. */
export function csvReader(file: string, columns: number, compression: "gzip" | "none"): string {
  const names = Array.from({ length: columns }, (_, index) => `'h${index}': 'VARCHAR'`).join(", ");
  return `read_csv(${at(file)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', strict_mode = true, compression = '${compression}', max_line_size = ${MAX_ROW}, buffer_size = ${4 * MAX_ROW}, columns = {${names}})`;
}

/** Each key's value in a column of type JSON. */
export function jsonReader(file: string, keys: readonly string[]): string {
  const columns = keys.map((name) => `${literal(name)}: 'JSON'`).join(", ");
  return `read_json(${at(file)}, format = 'newline_delimited', compression = 'uncompressed', records = true, auto_detect = false, maximum_object_size = ${MAX_ROW}, columns = {${columns}})`;
}

/** Each line whole, in the column `json`. */
export function jsonLines(file: string): string {
  return `read_json_objects(${at(file)}, format = 'newline_delimited', compression = 'uncompressed', maximum_object_size = ${MAX_ROW})`;
}

export function parquetReader(file: string): string {
  return `read_parquet(${at(file)})`;
}

/** Files whose columns differ: a column that a file lacks is null there. */
export function parquetUnion(files: readonly string[]): string {
  return `read_parquet(${literals(files.map(asPattern))}, hive_partitioning = false, union_by_name = true)`;
}

/** The pattern that matches one path alone. */
export function asPattern(file: string): string {
  return file.replace(/[[*?]/g, "[$&]");
}

function at(file: string): string {
  return `${literal(asPattern(file))}, hive_partitioning = false, union_by_name = false`;
}
