import { lstat } from "node:fs/promises";
import { basename } from "node:path";
import { SlipwayError } from "../errors.ts";
import type { Database } from "./database.ts";
import { digestData } from "./digest.ts";
import { importFiles, type RawColumn, type RawTable } from "./source.ts";
import type { TestRows } from "./test-rows.ts";
import { identityText, reading } from "./types.ts";

/** What a file of user code is about, for errors. */
export interface OutputKind {
  code: "PREDICTIONS_INVALID" | "SCORES_INVALID";
  /** Where user code was told to write it. */
  variable: string;
}

/** A file that user code wrote, in a table with `id` as its first column. */
export interface Output {
  table: string;
  columns: readonly RawColumn[];
  format: RawTable["format"];
}

const MIB = 2 ** 20;

/** Rejects with OUTPUT_TOO_LARGE what has more bytes than anybody writes about so many rows: told before they are read. */
export function refuseLargeOutput({ variable }: OutputKind, bytes: number, rows: number): void {
  const cap = Math.min(256 * MIB + rows * 16_384, 16_384 * MIB);
  if (bytes <= cap) return;
  throw new SlipwayError("OUTPUT_TOO_LARGE", `${variable} is too large for ${rows} test rows.`, {
    expected: `at most ${Math.floor(cap / MIB)} MiB`,
    found: `${Math.ceil(bytes / MIB)} MiB`,
  });
}

/** Takes a file that user code wrote into a table (`as` where its name has no extension): capped in size and rows, and anything odd refused with `kind.code`. */
export async function importOutput(
  db: Database,
  table: string,
  file: string,
  kind: OutputKind,
  test: TestRows,
  signal?: AbortSignal,
  as?: "parquet",
): Promise<Output> {
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) throw invalidOutput(kind, "is not a regular file", { expected: `a file at ${kind.variable}` });
  refuseLargeOutput(kind, found.size, test.count);
  const name = as ? `kept.${as}` : basename(file);
  const limit = test.count * 10 + 1_000;
  let raw: RawTable;
  try {
    await digestData(file, name, signal);
    raw = await importFiles(db, `${table}_raw`, [{ path: name, name, file }], limit + 1);
  } catch (cause) {
    if (!(cause instanceof SlipwayError) || cause.code !== "DATA_UNREADABLE") throw cause;
    const { code: _, message, file: __, ...about } = cause.problems[0] ?? { code: "", message: cause.message };
    throw new SlipwayError(kind.code, `${kind.variable}: ${message}`, { ...about, cause });
  }
  if (raw.rows > limit)
    throw invalidOutput(kind, `has more than ${limit} rows`, { expected: `${test.count}, one for each test row` });
  const id = raw.columns.find((column) => column.name === "slipway_id");
  if (!id)
    throw invalidOutput(kind, "has no column slipway_id", {
      expected: "the column slipway_id of SLIPWAY_FEATURES, value for value",
      found: raw.columns
        .slice(0, 20)
        .map((column) => printable(column.name))
        .join(", "),
    });
  const text = test.wholeIds ? `CAST(${reading(id, "long", []).value} AS VARCHAR)` : identityText(id, []);
  await db.run(
    `CREATE TABLE ${table} AS SELECT rowid + 1 AS n, ${text} AS id, ${raw.columns.map((column) => column.raw).join(", ")} FROM ${raw.table}`,
  );
  await db.run(`DROP TABLE ${raw.table}`);
  return { table, columns: raw.columns, format: raw.format };
}

/** Each test row exactly once, or a refusal that counts missing, doubled and unknown ids and names the first few. */
export async function checkIds(db: Database, { table }: Output, kind: OutputKind, test: TestRows): Promise<void> {
  const known = "EXISTS (FROM test WHERE test.id = o.id)";
  const missing = `FROM test WHERE NOT EXISTS (FROM ${table} AS o WHERE o.id = test.id)`;
  const unknown = `FROM ${table} AS o WHERE NOT ${known}`;
  const doubled = `FROM (SELECT id, min(n) AS n, count(*) AS times FROM ${table} AS o WHERE ${known} GROUP BY id) WHERE times > 1`;
  const problems: string[] = [];
  for (const [word, from] of [
    ["missing", missing],
    ["doubled", doubled],
    ["unknown", unknown],
  ] as const) {
    const count = await db.count(`SELECT count(*) ${from}`);
    if (count === 0) continue;
    const first = await db.rows(`SELECT coalesce(id, 'row ' || n) AS id ${from} ORDER BY n LIMIT 5`);
    const ids = first.map((row) => printable(String(row["id"]))).join(", ");
    problems.push(`${count} ${word} (${ids}${count > 5 ? ", …" : ""})`);
  }
  if (problems.length === 0) return;
  const stripped =
    !test.wholeIds &&
    (await db.count(
      `SELECT count(*) FROM ${table} AS o WHERE o.id IN (SELECT ltrim(id, '0') ${missing} AND id LIKE '0%')`,
    )) > 0;
  throw invalidOutput(kind, `does not match the test rows by slipway_id: ${problems.join(", ")}`, {
    expected: `each of the ${test.count} test rows once`,
    found: problems.join(", "),
    hint: stripped
      ? "The ids lost leading zeros: read slipway_id as text (in pandas, dtype={'slipway_id': str})."
      : "Copy slipway_id from SLIPWAY_FEATURES, value for value.",
  });
}

/** Refuses rows for which `breach` holds, by count and first ids; `breach` is about the table joined with `test`. */
export async function refuseRows(
  db: Database,
  from: string,
  breach: string,
  kind: OutputKind,
  what: string,
  expected: string,
): Promise<void> {
  const count = await db.count(`SELECT count(*) FROM ${from} WHERE ${breach}`);
  if (count === 0) return;
  const first = await db.rows(`SELECT id FROM ${from} WHERE ${breach} ORDER BY n LIMIT 5`);
  const ids = first.map((row) => printable(String(row["id"]))).join(", ");
  throw invalidOutput(
    kind,
    `holds ${what} in ${count} ${count === 1 ? "row" : "rows"} (${ids}${count > 5 ? ", …" : ""})`,
    {
      expected,
      found: `${count} rows: ${ids}${count > 5 ? ", …" : ""}`,
    },
  );
}

export function invalidOutput(
  kind: OutputKind,
  what: string,
  about: { expected: string; found?: string; hint?: string },
): SlipwayError {
  return new SlipwayError(kind.code, `The file at ${kind.variable} ${what}.`, about);
}

/** Text that user code wrote, short and on one line. */
export function printable(text: string): string {
  const line = text.replace(/\p{C}/gu, "�");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
