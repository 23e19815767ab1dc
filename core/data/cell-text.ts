import type { RawColumn } from "./source.ts";
import { literals } from "./sql.ts";
import { fromText, textOf } from "./types.ts";

/** What stands for "no value" in files that people and programs write, in lower case, whatever a spec declares. */
const NULLS = ["", "na", "n/a", "nan", "null", "none"];
const NUMBERS = /^(FLOAT|DOUBLE|DECIMAL.*|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT))$/;
const MOMENTS = /^(DATE|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|TIMESTAMP WITH TIME ZONE)$/;

/**
 * One text for one value, whatever file it is read from: 7, 7.0 and "7" are one, as are true, True and 1, and two spellings
 * of one moment. Null for no value. Declared types do not count: a spec that reads the same file otherwise has the same rows.
 */
export function cellText({ raw, source }: Pick<RawColumn, "raw" | "source">, nulls: readonly string[]): string {
  if (source === "BOOLEAN") return `CASE WHEN ${raw} THEN '1.0' WHEN NOT ${raw} THEN '0.0' END`;
  if (MOMENTS.test(source)) return momentText(`CAST(${raw} AS TIMESTAMP)`);
  const text = textOf(raw, source, nulls);
  if (text === undefined) return `CAST(to_json(${raw}) AS VARCHAR)`;
  if (NUMBERS.test(source)) return numberText(text);
  const plain = `trim(${text})`;
  const known = `CASE WHEN NOT list_contains(${literals(NULLS)}, lower(${plain})) THEN ${plain} END`;
  const truth = `CASE lower(${plain}) WHEN 'true' THEN '1.0' WHEN 'false' THEN '0.0' END`;
  const read = `coalesce(${numberText(plain)}, ${truth}, ${momentText(fromText(plain, "datetime"))}, ${known})`;
  return source === "json"
    ? `CASE WHEN json_type(${raw}) IN ('OBJECT', 'ARRAY') THEN CAST(${raw} AS VARCHAR) ELSE ${read} END`
    : read;
}

/** Adding 0 makes 0 of −0. */
function numberText(text: string): string {
  return `CAST(nullif(TRY_CAST(${text} AS DOUBLE) + 0.0, CAST('nan' AS DOUBLE)) AS VARCHAR)`;
}

function momentText(moment: string): string {
  return `('@' || CAST(epoch_us(${moment}) AS VARCHAR))`;
}
