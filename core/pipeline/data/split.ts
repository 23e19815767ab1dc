import type { Split } from "../../../schemas/model-spec.ts";
import { milliseconds } from "../../duration.ts";
import { SlipwayError } from "../../errors.ts";
import type { Database } from "./database.ts";
import type { RawColumn, RawTable } from "./source.ts";
import { type KnownType, reading } from "./types.ts";

/**
 * The conditions that part raw rows by time. The test set is every row later than max − test; rows in the `gap`
 * before that are in neither set; rows without a time are in the training set, where they are a violation.
 * Rejects with DATA_INVALID where a side would be empty.
 */
export async function splitByTime(
  db: Database,
  table: RawTable,
  split: Split,
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

/** The rows whose values are no times, by their numbers; undefined where there is none. */
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

function day(microseconds: bigint): string {
  return new Date(Number(microseconds / 1_000n)).toISOString();
}
