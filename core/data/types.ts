import type { ColumnType } from "../../schemas/model-spec.ts";
import { ISO_TIME } from "../iso-time.ts";
import type { RawColumn } from "./source.ts";
import { literal, literals } from "./sql.ts";

/** A column's type, or `other` for what MLflow's column types cannot say (lists, structs, bytes). */
export type KnownType = ColumnType | "other";

/** SQL expressions over one raw column. */
export interface ColumnReading {
  /** The value in DuckDB's type for `type`; null if there is none or it does not fit. */
  value: string;
  /** Whether there is a value that does not fit the type. */
  unfit: string;
}

export const SQL_TYPES: Record<ColumnType, string> = {
  long: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  string: "VARCHAR",
  datetime: "TIMESTAMP",
  file: "VARCHAR",
};

const LONG = "[+-]?[0-9]+(\\.0*)?";
// What is taken for a number without being told: a leading zero makes a name of it.
const PLAIN_LONG = "[+-]?(0|[1-9][0-9]*)";
const PLAIN_DOUBLE = `(${PLAIN_LONG}|[+-]?(0|[1-9][0-9]*)?\\.[0-9]*)([eE][+-]?[0-9]+)?|(?i)nan|[+-]?inf(inity)?`;
const INTEGERS = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const FLOATS = /^(FLOAT|DOUBLE)$/;
const DECIMAL = /^DECIMAL/;
const TIMES = /^(DATE|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS)$/;
const ZONED = "TIMESTAMP WITH TIME ZONE";
// JSON's whole numbers; those past 128 bits are of type DOUBLE, as fractions are.
const JSON_WHOLE = "'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT'";
const SCALARS = /^(VARCHAR|BOOLEAN|UUID|TIME|INTERVAL|ENUM.*|JSON)$/;

/**
 * How a text is read as a type: one rule for all formats, and for predictions. A value fits where its text does:
 * `long` takes 1 and 1.0 (as pandas writes whole numbers beside nulls) but not 1.5 or 1e3; `double` also takes inf;
 * `boolean` true and false in any case, 1 and 0; `datetime` ISO_TIME, UTC where no offset is given.
 */
export function fromText(text: string, type: ColumnType): string {
  switch (type) {
    case "long":
      return `CASE WHEN regexp_full_match(trim(${text}), ${literal(LONG)}) THEN TRY_CAST(${text} AS BIGINT) END`;
    case "double":
      return `CASE WHEN NOT contains(${text}, '_') THEN TRY_CAST(${text} AS DOUBLE) END`;
    case "boolean":
      return `CASE lower(trim(${text})) WHEN 'true' THEN true WHEN '1' THEN true WHEN '1.0' THEN true WHEN 'false' THEN false WHEN '0' THEN false WHEN '0.0' THEN false END`;
    case "datetime":
      return `CASE WHEN regexp_full_match(${text}, ${literal(ISO_TIME)}) THEN TRY_CAST(${withSeconds(text)} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' END`;
    default:
      return text;
  }
}

/** A text of the form ISO_TIME in the spelling that DuckDB casts: with seconds, a point and capitals. */
function withSeconds(text: string): string {
  const part = (end: number, zeros: string) => `left(${text}, ${end}) || '${zeros}' || substr(${text}, ${end + 1})`;
  const full = `CASE WHEN length(${text}) = 10 OR substr(${text}, 17, 1) = ':' THEN ${text} WHEN substr(${text}, 14, 1) = ':' THEN ${part(16, ":00")} ELSE ${part(13, ":00:00")} END`;
  return `upper(replace(${full}, ',', '.'))`;
}

/** How a raw column is read as `type`. NaN is no value, as in pandas; `nulls` are CSV's further texts for that. */
export function reading({ raw, source }: RawColumn, type: KnownType, nulls: readonly string[]): ColumnReading {
  const same = { value: raw, unfit: "false" };
  if (type === "other") return same;
  if (INTEGERS.test(source) && (type === "long" || type === "double"))
    return source === "BIGINT" && type === "long"
      ? same
      : fitting(`TRY_CAST(${raw} AS ${SQL_TYPES[type]})`, `${raw} IS NULL`);
  if ((FLOATS.test(source) || DECIMAL.test(source)) && (type === "long" || type === "double")) {
    const number = FLOATS.test(source) ? `(CASE WHEN NOT isnan(${raw}) THEN ${raw} END)` : raw;
    const whole = `CASE WHEN ${number} = trunc(${number}) THEN TRY_CAST(${number} AS BIGINT) END`;
    // The text of a float32 0.1 is 0.1, though the number nearest to it in 64 bits is another.
    const double = source === "DOUBLE" ? number : `TRY_CAST(CAST(${number} AS VARCHAR) AS DOUBLE)`;
    return fitting(type === "long" ? whole : double, `${number} IS NULL`);
  }
  if (type === "datetime" && source === "TIMESTAMP") return same;
  if (type === "datetime" && TIMES.test(source)) return { value: `CAST(${raw} AS TIMESTAMP)`, unfit: "false" };
  if (type === "datetime" && source === ZONED) return { value: `(${raw} AT TIME ZONE 'UTC')`, unfit: "false" };
  if (type === "boolean" && source === "BOOLEAN") return same;
  const text = textOf(raw, source, nulls);
  if (text === undefined) return { value: `CAST(NULL AS ${SQL_TYPES[type]})`, unfit: `(${raw} IS NOT NULL)` };
  if ((type === "string" || type === "file") && source !== "json") return { value: text, unfit: "false" };
  const value = fromText(text, type);
  const empty = source === "json" ? `${raw} IS NULL` : `${text} IS NULL`;
  // DuckDB holds NaN equal to itself.
  const kept = type === "double" ? `nullif(${value}, CAST('nan' AS DOUBLE))` : value;
  return { ...fitting(value, empty), value: kept };
}

function fitting(value: string, missing: string): ColumnReading {
  return { value, unfit: `(NOT (${missing}) AND (${value}) IS NULL)` };
}

/** A raw value as text, or undefined if it has none (lists, structs, bytes). A CSV field is its own text. */
export function textOf(raw: string, source: string, nulls: readonly string[]): string | undefined {
  if (source === "text")
    return nulls.length === 0 ? raw : `(CASE WHEN NOT list_contains(${literals(nulls)}, ${raw}) THEN ${raw} END)`;
  if (source === "json") return `(CASE WHEN json_type(${raw}) NOT IN ('OBJECT', 'ARRAY') THEN ${raw} ->> '$' END)`;
  if (source === "VARCHAR") return raw;
  if (FLOATS.test(source)) return `CAST(CASE WHEN NOT isnan(${raw}) THEN ${raw} END AS VARCHAR)`;
  if (INTEGERS.test(source) || DECIMAL.test(source) || TIMES.test(source) || source === ZONED || SCALARS.test(source))
    return `CAST(${raw} AS VARCHAR)`;
  return undefined;
}

/** The text that tells a value from others: a float's without the .0 and the sign that say nothing. */
export function identityText({ raw, source }: RawColumn, nulls: readonly string[]): string {
  const text = textOf(raw, source, nulls) ?? "CAST(NULL AS VARCHAR)";
  return FLOATS.test(source) ? `(CASE WHEN ${raw} = 0 THEN '0' ELSE regexp_replace(${text}, '\\.0$', '') END)` : text;
}

/** A condition: the time has a part below the microsecond. */
export function finer({ raw, source }: RawColumn, nulls: readonly string[]): string | undefined {
  if (source === "TIMESTAMP_NS") return `epoch_ns(${raw}) % 1000 <> 0`;
  if (source !== "text" && source !== "json" && source !== "VARCHAR") return undefined;
  return `regexp_matches(${textOf(raw, source, nulls)}, '[.,][0-9]{6}[0-9]*[1-9]')`;
}

/** Aggregates over a column of numbers: `whole`, whether all are whole and of 64 bits, and `fractions`, whether one is not whole. */
export function wholeness(column: RawColumn, type: "long" | "double", nulls: readonly string[]): string {
  const { raw, source } = column;
  const all = (condition: string, known: string) => `coalesce(bool_and(${condition}) FILTER (${known}), true)`;
  const { value } = reading(column, type, nulls);
  if (source !== "text" && source !== "json") {
    const whole = `(${reading(column, "long", nulls).value}) IS NOT NULL`;
    const known = FLOATS.test(source) ? `NOT isnan(${raw})` : `${raw} IS NOT NULL`;
    return `${all(whole, known)} AS whole, NOT ${all(`${value} = trunc(${value})`, `${value} IS NOT NULL`)} AS fractions`;
  }
  const text = textOf(raw, source, nulls) as string;
  const whole = `regexp_full_match(${text}, ${literal(`${PLAIN_LONG}(\\.0*)?`)}) AND TRY_CAST(${text} AS BIGINT) IS NOT NULL`;
  const fraction = `regexp_full_match(${text}, '[+-]?[0-9]*\\.[0-9]*[1-9][0-9]*')`;
  const known = `(${value}) IS NOT NULL`;
  return `${type === "long" ? "true" : all(whole, known)} AS whole, NOT ${all(`NOT ${fraction}`, known)} AS fractions`;
}

/** Aggregates over one text or JSON column that say which types all its values have: see `inferred`. */
export function typeEvidence({ raw, source }: RawColumn, nulls: readonly string[]): string {
  const json = source === "json";
  const text = textOf(raw, source, nulls) as string;
  const all = (as: string, kinds: string, condition: string) =>
    `coalesce(bool_and(${json ? `json_type(${raw}) IN (${kinds})` : "true"} AND ${condition}) FILTER (${text} IS NOT NULL), false) AS ${raw}_${as}`;
  const fits = (pattern: string, type: string) =>
    `regexp_full_match(${text}, ${literal(pattern)}) AND TRY_CAST(${text} AS ${type}) IS NOT NULL`;
  return [
    `count(${text}) = 0 AS ${raw}_empty`,
    `${json ? `coalesce(bool_or(json_type(${raw}) IN ('OBJECT', 'ARRAY')), false)` : "false"} AS ${raw}_other`,
    all("long", JSON_WHOLE, fits(PLAIN_LONG, "BIGINT")),
    // A whole number past 64 bits is a name, as one with a leading zero is: a double would give many of them one value.
    all(
      "double",
      `${JSON_WHOLE}, 'DOUBLE'`,
      `${fits(PLAIN_DOUBLE, "DOUBLE")} AND NOT (regexp_full_match(${text}, ${literal(PLAIN_LONG)}) AND TRY_CAST(${text} AS BIGINT) IS NULL)`,
    ),
    all("boolean", "'BOOLEAN'", `lower(${text}) IN ('true', 'false')`),
    all("datetime", "'VARCHAR'", `(${fromText(text, "datetime")}) IS NOT NULL`),
  ].join(", ");
}

/** The narrowest type that all values of a text column have; undefined if there is no value. */
export function inferred(found: Readonly<Record<string, unknown>>, { raw: as }: RawColumn): KnownType | undefined {
  if (found[`${as}_other`] === true) return "other";
  if (found[`${as}_empty`] === true) return undefined;
  for (const type of ["long", "boolean", "double", "datetime"] as const)
    if (found[`${as}_${type}`] === true) return type;
  return "string";
}

/** A Parquet type as one of MLflow's. */
export function ofParquet(source: string): KnownType {
  if (INTEGERS.test(source)) return "long";
  if (FLOATS.test(source) || DECIMAL.test(source)) return "double";
  if (source === "BOOLEAN") return "boolean";
  if (TIMES.test(source) || source === ZONED) return "datetime";
  return SCALARS.test(source) ? "string" : "other";
}

/** One type for a column that two sets hold. */
export function common(a: KnownType | undefined, b: KnownType | undefined): KnownType | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  if (a === "other" || b === "other") return "other";
  const numbers = [a, b].every((type) => type === "long" || type === "double");
  return numbers ? "double" : "string";
}
