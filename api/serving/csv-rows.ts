import { FieldText } from "../../core/serving/check-rows.ts";
import { RefusedRequest } from "./refusal.ts";
import { refuseTooMany } from "./size.ts";

/** A CSV text with a header (RFC 4180; LF or CRLF), as rows of texts. Empty lines are left out, as pandas does. */
export function csvRows(text: string, most: number): Record<string, FieldText>[] {
  const [header, ...records] = csvRecords(text.replace(/^\ufeff/, ""), most);
  if (header === undefined) throw new RefusedRequest(400, "The CSV is empty; expected a first line with column names.");
  if (new Set(header).size < header.length) throw new RefusedRequest(400, "The CSV's header names a column twice.");
  return records.map((fields, at) => {
    if (fields.length !== header.length)
      throw new RefusedRequest(
        400,
        `Row ${at + 1} of the CSV: expected ${header.length} fields, found ${fields.length}.`,
      );
    return Object.fromEntries(fields.map((field, column) => [header[column] as string, new FieldText(field)]));
  });
}

/** A field without quotes, and what ends it; and what may end one with quotes. */
const PLAIN = /([^",\r\n]*)(,|\r\n|\n|\r|$)/y;
const END = /,|\r\n|\n|\r|$/y;

/** The header and at most so many records: what has more is refused where it begins. */
function csvRecords(text: string, most: number): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length || record.length > 0) {
    const isQuoted = text[at] === '"';
    const field = isQuoted ? quotedField(text, at) : plainField(text, at);
    if (field === undefined)
      throw new RefusedRequest(
        400,
        `Row ${records.length} of the CSV: a quote stands inside a field, or is never closed.`,
      );
    record.push(field.value);
    at = field.next;
    refuseTooMany(records.length - 1, most, Math.max(record.length, records[0]?.length ?? 0));
    if (field.end === ",") continue;
    const isBlank = record.length === 1 && !isQuoted && field.value === "";
    if (!isBlank) records.push(record);
    record = [];
  }
  refuseTooMany(records.length - 1, most);
  return records;
}

interface Field {
  value: string;
  end: string;
  next: number;
}

function plainField(text: string, at: number): Field | undefined {
  PLAIN.lastIndex = at;
  const found = PLAIN.exec(text);
  if (found === null) return undefined;
  const [whole, value = "", end = ""] = found;
  return { value, end, next: at + whole.length };
}

/** Its quotes are looked for one by one: a pattern would have to remember each of them. */
function quotedField(text: string, at: number): Field | undefined {
  let quote = text.indexOf('"', at + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  if (quote < 0) return undefined;
  END.lastIndex = quote + 1;
  const end = END.exec(text)?.[0];
  if (end === undefined) return undefined;
  return { value: text.slice(at + 1, quote).replaceAll('""', '"'), end, next: quote + 1 + end.length };
}
