import type { HashSplit, ModelSpec, TimeSplit } from "../../schemas/model-spec.ts";
import { milliseconds } from "../duration.ts";
import { SlipwayError } from "../errors.ts";
import type { Database } from "./database.ts";
import { hashShare } from "./hash-share.ts";
import { labelColumn } from "./roles.ts";
import type { RawColumn, RawTable } from "./source.ts";
import { fromText, identityText, type KnownType, reading, textOf } from "./types.ts";

/**
 * The conditions that part raw rows by time. The test set is every row later than max − test; rows in the `gap`
 * before that are in neither set; rows without a time are in the training set, where they are a violation.
 * Rejects with DATA_INVALID if a side would be empty.
 */
export async function splitByTime(
  db: Database,
  table: RawTable,
  split: TimeSplit,
  types: ReadonlyMap<string, KnownType>,
  nulls: readonly string[],
): Promise<{ train: string; test: string }> {
  const column = table.columns.find(({ name }) => name === split.time);
  if (!column)
    throw new SlipwayError("DATA_INVALID", `There is no column ${split.time} to split by.`, {
      expected: "data.split.time names a column",
      found: table.columns
        .slice(0, 20)
        .map(({ name }) => name)
        .join(", "),
    });
  const type = types.get(split.time);
  if (type !== "datetime")
    throw new SlipwayError("DATA_INVALID", `The column ${split.time} holds no times to split by.`, {
      expected: "datetime (ISO 8601)",
      found: (type === "string" ? [type, await noTimes(db, table, column, nulls)] : [type ?? "nothing"])
        .filter((word) => word !== undefined)
        .join(": "),
      hint:
        type === "long" || type === "double"
          ? "A number has no unit that a duration could be taken from: write the column as ISO 8601."
          : `Declare it under data.columns as { type: datetime }: rows that do not fit are then listed.`,
    });
  const { value } = reading(column, "datetime", nulls);
  const test = milliseconds(split.test);
  const before = test + (split.gap ? milliseconds(split.gap) : 0);
  // Whole microseconds, DuckDB's own resolution: no rounding decides on which side a row falls.
  const { low, high } = await db.row(
    `SELECT epoch_us(min(v)) AS low, epoch_us(max(v)) AS high FROM (SELECT ${value} AS v FROM ${table.table}) WHERE isfinite(v)`,
  );
  if (typeof low !== "bigint" || typeof high !== "bigint")
    throw new SlipwayError("DATA_INVALID", `The column ${split.time} holds no time at all.`, {
      expected: "datetime (ISO 8601): 2024-01-31, 2024-01-31T09:00:00Z",
      found: (await noTimes(db, table, column, nulls)) ?? "no value",
    });
  const from = high - BigInt(test) * 1_000n;
  const until = high - BigInt(before) * 1_000n;
  if (until < low)
    throw new SlipwayError("DATA_INVALID", "The split by time leaves no training rows.", {
      expected: `data that spans more than ${split.test}${split.gap ? ` and a gap of ${split.gap}` : ""}`,
      found: `${day(low)} to ${day(high)}`,
      hint: "Shorten data.split.test, or give older data.",
    });
  return {
    train: `coalesce(${value} <= make_timestamp(${until}), true)`,
    test: `${value} > make_timestamp(${from})`,
  };
}

/** The rows whose values are no times, by their numbers; undefined if there is none. */
async function noTimes(
  db: Database,
  { table }: RawTable,
  column: RawColumn,
  nulls: readonly string[],
): Promise<string | undefined> {
  const { unfit } = reading(column, "datetime", nulls);
  const bad = await db.rows(
    `SELECT rowid + 1 AS n, count(*) OVER () AS count FROM ${table} WHERE ${unfit} ORDER BY n LIMIT 10`,
  );
  if (bad.length === 0) return undefined;
  const more = Number(bad[0]?.["count"]) > bad.length ? ` and ${Number(bad[0]?.["count"]) - bad.length} more` : "";
  return `no ISO 8601 time in row ${bad.map(({ n }) => n).join(", ")}${more}`;
}

/**
 * The conditions that part raw rows by a hash: a row is a test row where the first 52 bits of SHA-256 of `<seed>:<key>`, as a
 * share of 2^52, are below `test`. The key is the row's group, without one its id, without that its texts but for the label's.
 * So no row moves when others come, and what belongs together is on one side. Rejects with DATA_INVALID if a side is empty.
 */
export async function splitByHash(
  db: Database,
  table: RawTable,
  split: HashSplit,
  spec: ModelSpec,
): Promise<{ train: string; test: string }> {
  const { data } = spec;
  const name = data.group ?? data.id;
  const column = table.columns.find((each) => each.name === name);
  if (name !== undefined && !column)
    throw new SlipwayError("DATA_INVALID", `There is no column ${name} to split by.`, {
      expected: `data.${data.group === undefined ? "id" : "group"} names a column`,
      found: table.columns
        .slice(0, 20)
        .map((each) => each.name)
        .join(", "),
    });
  const nulls = data["null-values"] ?? [];
  const key = column ? keyText(column, nulls) : rowText(table, labelColumn(spec), nulls);
  const test = hashShare(`${split.seed ?? 0}:`, key, split.test);
  const { rows, tests } = await db.row(
    `SELECT count(*) AS rows, count(*) FILTER (${test}) AS tests FROM ${table.table}`,
  );
  if (tests === 0n || tests === rows)
    throw new SlipwayError("DATA_INVALID", `The split leaves no ${tests === 0n ? "test" : "training"} rows.`, {
      expected: "rows on both sides",
      found: `${rows} rows${column ? `, told apart by ${name}` : ""}`,
      hint: "Give more rows, or another data.split.test or seed.",
    });
  return { train: `NOT (${test})`, test };
}

/** One text for what may be one value: 7, 7.0 and 07 are on one side, as are two spellings of one moment. */
function keyText(column: RawColumn, nulls: readonly string[]): string {
  const text = identityText(column, nulls);
  const whole = `CASE WHEN regexp_full_match(${text}, '[+-]?[0-9]+(\\.0*)?') THEN CAST(TRY_CAST(${text} AS BIGINT) AS VARCHAR) END`;
  const moment = `CAST(epoch_us(${fromText(text, "datetime")}) AS VARCHAR)`;
  const truth = `CASE WHEN lower(${text}) IN ('true', 'false') THEN lower(${text}) END`;
  return `coalesce(${whole}, ${moment}, ${truth}, ${text}, '')`;
}

/** The texts of a row by the columns' names, but for the label: a label that is corrected moves no row. */
function rowText({ columns }: RawTable, label: string | undefined, nulls: readonly string[]): string {
  const named = columns.filter(({ name }) => name !== label).sort((a, b) => (a.name < b.name ? -1 : 1));
  const texts = named.map(({ raw, source }) => textOf(raw, source, nulls) ?? `CAST(${raw} AS VARCHAR)`);
  return `CAST(to_json([${texts.join(", ")}]) AS VARCHAR)`;
}

function day(microseconds: bigint): string {
  return new Date(Number(microseconds / 1_000n)).toISOString();
}
