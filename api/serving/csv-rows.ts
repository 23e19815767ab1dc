import { FieldText } from "../../core/serving/check-rows.ts";
import { RefusedRequest } from "./refusal.ts";

/** A CSV text with a header (RFC 4180; LF or CRLF), as rows of texts. Empty lines are left out, as pandas does. */
export function csvRows(text: string): Record<string, FieldText>[] {
  const [header, ...records] = csvRecords(text.replace(/^\ufeff/, ""));
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

/** A field, quoted or not, and what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length || record.length > 0) {
    const field = FIELD.exec(text);
    if (field === null)
      throw new RefusedRequest(
        400,
        `Row ${records.length} of the CSV: a quote stands inside a field, or is never closed.`,
      );
    const [, quoted, plain = "", end] = field;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    const isBlank = record.length === 1 && quoted === undefined && plain === "";
    if (!isBlank) records.push(record);
    record = [];
  }
  return records;
}
