import { SlipwayError } from "../errors.ts";
import { type Mended, mendColumns } from "./mend-columns.ts";

/** A table that somebody has, as one kind of CSV: UTF-8, commas, one line end, each column named once. */
export interface ReadTable {
  names: string[];
  /** Texts, row by row. */
  rows: string[][];
  /** What was changed on the way, a sentence each. */
  notes: string[];
}

export const MOST_TABLE_COLUMNS = 300;
/** Fields of a table: reading them takes a second or so, in which a server answers nobody else. */
export const MOST_TABLE_FIELDS = 2_000_000;
const MOST_NAME = 100;
/** Characters of the first line that are looked at for what parts its fields. */
const LONGEST_HEAD = 100_000;
const DELIMITERS = [",", ";", "\t", "|"];
const DELIMITER_NAMES: Readonly<Record<string, string>> = { ";": "semicolons", "\t": "tabs", "|": "bars" };

/**
 * Reads a CSV file as people have them: with a byte order mark, in UTF-16 or a Western code page, with semicolons or tabs, decimal
 * commas, columns without a name or with one twice. Throws DATA_UNREADABLE, with the line if there is one, for what it cannot read.
 */
export function readTable(bytes: Buffer, file: string): ReadTable {
  const { text, note } = decode(bytes, file);
  const delimiter = delimiterOf(text);
  const records = parse(text, delimiter, file);
  const [head, ...rows] = records;
  if (head === undefined)
    throw unreadable("The file is empty.", { expected: "a line of names, and rows below it", file });
  const hasCommaTooMuch = head.fields.length > 1 && records.every(({ fields }) => fields.at(-1) === "");
  const columns = hasCommaTooMuch ? head.fields.slice(0, -1) : head.fields;
  if (columns.length > MOST_TABLE_COLUMNS) throw tooWide(file);
  const named = nameColumns(columns);
  const mended: Mended = mendColumns(
    named.names,
    rows.map(({ fields }) => fields.slice(0, named.names.length)),
    delimiter,
  );
  const delimited = DELIMITER_NAMES[delimiter];
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...(delimited === undefined ? [] : [`Its fields were parted by ${delimited}, and are parted by commas now.`]),
    ...named.notes,
    ...mended.notes,
  ];
  return { names: named.names, rows: mended.rows, notes };
}

/** RFC 4180, as every reader takes it. */
export function formatTable(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[names, ...rows].map((row) => (row.length === 1 && row[0] === "" ? '""' : row.map(field).join(","))).join("\n")}\n`;
}

function decode(bytes: Buffer, file: string): { text: string; note?: string } {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  if (wide !== undefined)
    return { text: new TextDecoder(wide).decode(bytes), note: "It was in UTF-16, and is in UTF-8 now." };
  if (bytes.includes(0))
    throw unreadable("This is no text.", { expected: "a CSV file", found: "bytes of something else", file });
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return {
      text: new TextDecoder("windows-1252").decode(bytes),
      note: "It was in a Western code page, and is in UTF-8 now.",
    };
  }
}

/** The one that parts the first line into most fields; quotes are left out. */
function delimiterOf(text: string): string {
  const [first = ""] = text.trimStart().split(/\r\n|\r|\n/, 1);
  const plain = first.slice(0, LONGEST_HEAD).replace(/"[^"]*"/g, "");
  const count = (delimiter: string) => plain.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

interface Rec {
  fields: string[];
}

/** Every record has as many fields as the first. What is wrong ends the reading where it is found. */
function parse(text: string, delimiter: string, file: string): Rec[] {
  const records: Rec[] = [];
  let [fields, line, start, at]: [string[], number, number, number] = [[], 1, 1, 0];
  const endRecord = () => {
    if (fields.some((field) => field !== "")) {
      const width = records[0]?.fields.length ?? fields.length;
      if (fields.length !== width) throw otherWidth(width, fields.length, { file, line: start });
      if (records.length * width > MOST_TABLE_FIELDS) throw tooLarge(file);
      records.push({ fields });
    }
    fields = [];
    start = line;
  };
  while (at < text.length) {
    // One more may be a delimiter at the line's end.
    if (records.length === 0 && fields.length > MOST_TABLE_COLUMNS + 1) throw tooWide(file);
    let field = "";
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        const close = text.indexOf('"', at);
        if (close < 0) throw unreadable("A quote is never closed.", { file, line: start });
        field += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        field += '"';
      }
      line += field.split("\n").length - 1;
    }
    let end = at;
    while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end += 1;
    fields.push((field + text.slice(at, end)).trim());
    at = end;
    if (text[at] === delimiter) {
      at += 1;
      if (at === text.length) fields.push("");
      continue;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    line += 1;
    endRecord();
  }
  if (fields.length > 0) endRecord();
  return records;
}

/** Each column's name: one of its own, and each once. */
function nameColumns(head: readonly string[]): { names: string[]; notes: string[] } {
  const notes: string[] = [];
  const used = new Set<string>();
  const names = head.map((written, at) => {
    const plain = written
      .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")
      .trim()
      .slice(0, MOST_NAME);
    const wished = plain === "" ? `column_${at + 1}` : plain;
    let name = wished;
    for (let n = 2; used.has(name.toLowerCase()); n += 1) name = `${wished}_${n}`;
    used.add(name.toLowerCase());
    if (plain === "") notes.push(`Column ${at + 1} had no name, and is called ${name}.`);
    else if (name !== wished) notes.push(`A second column was called ${wished}, and is called ${name} now.`);
    return name;
  });
  return { names, notes };
}

function tooWide(file: string): SlipwayError {
  const expected = `at most ${MOST_TABLE_COLUMNS} columns`;
  return unreadable("The table is too wide for a start from here.", { expected, file });
}

function tooLarge(file: string): SlipwayError {
  return unreadable("The table is too large for a start from here.", {
    ...{ expected: `at most ${MOST_TABLE_FIELDS.toLocaleString("en")} fields in all rows`, file },
    hint: "Begin with a part of its rows, and give the model all of them once it is there.",
  });
}

function otherWidth(width: number, found: number, place: { file: string; line: number }): SlipwayError {
  return unreadable("A row has another number of fields than the header.", {
    ...{ expected: `${width} fields`, found: String(found), ...place },
    hint: "Is a quote left open, or the delimiter inside of a field without quotes?",
  });
}

function unreadable(
  message: string,
  about: { expected?: string; found?: string; hint?: string; file: string; line?: number },
): SlipwayError {
  return new SlipwayError("DATA_UNREADABLE", message, about);
}
