import { isLfsPointer } from "../source/lfs.ts";
import type { Format } from "../spec/file-format.ts";

/** What a file is in truth, and what to do about it. */
export interface HeadProblem {
  message: string;
  expected: string;
  found: string;
  hint: string;
  /** From 1; absent if a file has no lines. */
  line?: number;
}

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const EXPECTED: Record<Format, string> = {
  csv: "CSV (RFC 4180): commas, one header, UTF-8",
  jsonl: "JSON Lines: one JSON object on each line, UTF-8",
  parquet: "a Parquet file",
};

/**
 * Names a file whose first bytes show that it is not what its extension says: another encoding, another format, another
 * delimiter. `head` begins where the file does (unpacked, if it is packed); a last line that is cut off does not matter.
 */
export function headProblem(head: Buffer, format: Format): HeadProblem | undefined {
  const expected = EXPECTED[format];
  const problem = (message: string, found: string, hint: string, line?: number): HeadProblem => ({
    ...{ message, expected, found, hint },
    ...(line === undefined ? {} : { line }),
  });
  if (isLfsPointer(head))
    return problem(
      "The file is a Git LFS pointer, not the data.",
      "a pointer of Git LFS",
      "Install git-lfs and run `git lfs pull`, or keep the file itself in Git.",
      1,
    );
  if (format === "parquet") {
    if (head.subarray(0, 4).toString("latin1") === "PAR1") return undefined;
    return problem(
      "The file does not begin as Parquet does.",
      kindOf(head),
      "Write it again, or name it for what it is.",
    );
  }
  const encoding = encodingOf(head);
  if (encoding !== undefined) return problem(`The file is ${encoding}, not UTF-8.`, encoding, "Save it as UTF-8.", 1);
  const binary = MAGIC.find(([bytes]) => head.subarray(0, bytes.length).toString("latin1") === bytes);
  if (binary)
    return problem(
      `The file is ${binary[1]}, whatever its name says.`,
      binary[1],
      "Export its rows, or name it for what it is.",
    );
  const text = (head.subarray(0, 3).equals(UTF8_BOM) ? head.subarray(3) : head).toString("utf8");
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text))
    return problem(
      "The file is a page of HTML or XML.",
      "HTML or XML",
      "Was a page saved in place of the file?",
      lineOf(text, "<"),
    );
  return (format === "csv" ? csvProblem : jsonProblem)(text, problem);
}

const MAGIC: readonly (readonly [string, string])[] = [
  ["\x1f\x8b", "packed with gzip"],
  ["PK\x03\x04", "a zip archive, such as an Excel workbook"],
  ["PAR1", "Parquet"],
  ["\xd0\xcf\x11\xe0", "an old Excel workbook"],
  ["%PDF-", "a PDF"],
];

function kindOf(head: Buffer): string {
  const binary = MAGIC.find(([bytes]) => head.subarray(0, bytes.length).toString("latin1") === bytes);
  return binary?.[1] ?? (head.includes(0) ? "something else" : "text");
}

/** UTF-16 and UTF-32, with a byte-order mark or without: then every other byte of plain text is a NUL. */
function encodingOf(head: Buffer): string | undefined {
  const mark = head.subarray(0, 4).toString("latin1");
  if (mark === "\xff\xfe\0\0" || mark === "\0\0\xfe\xff") return "UTF-32";
  if (mark.startsWith("\xff\xfe") || mark.startsWith("\xfe\xff")) return "UTF-16";
  const start = head.subarray(0, 200);
  const nuls = [0, 0];
  for (const [i, byte] of start.entries()) if (byte === 0) nuls[i % 2] = (nuls[i % 2] as number) + 1;
  const [even = 0, odd = 0] = nuls;
  const most = Math.floor(start.length / 2) * 0.9;
  if (start.length < 4 || Math.max(even, odd) < most || Math.min(even, odd) > 0) return undefined;
  return "UTF-16 without a byte-order mark";
}

type Say = (message: string, found: string, hint: string, line?: number) => HeadProblem;

const DELIMITERS: readonly (readonly [string, string])[] = [
  [";", "semicolons"],
  ["\t", "tabs"],
  ["|", "bars"],
];

function csvProblem(text: string, problem: Say): HeadProblem | undefined {
  const separator = /^"?sep=(.?)"?\s*(?:\r|\n|$)/i.exec(text);
  if (separator)
    return problem(
      "The first line is Excel's `sep=`, which is no part of CSV.",
      `sep=${separator[1]}`,
      separator[1] === "," ? "Remove the first line." : "Remove the first line, and write the rows with commas.",
      1,
    );
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > 1 && lines[0]?.trim() === "")
    return problem("The first line is blank.", "a blank line", "Begin the file with the names of its columns.", 1);
  // What is cut off, and what goes on over several lines, has no count of its own.
  const whole = lines
    .slice(0, Math.max(1, lines.length - 1))
    .filter((line) => line !== "")
    .slice(0, 20);
  const header = whole[0] ?? "";
  const commas = count(header, ",");
  for (const [delimiter, name] of DELIMITERS) {
    const own = count(header, delimiter);
    if (own === 0 || own < commas) continue;
    const all = whole.length > 1 && whole.every((line) => count(line, delimiter) === own);
    const fits = whole.every((line) => count(line, ",") === commas);
    if (commas === 0 || (all && !fits))
      return problem(
        `The columns are parted by ${name}, not by commas.`,
        `${own + 1} columns parted by ${name}`,
        "Write the file with commas; where a comma is the decimal sign, with a point in its place.",
        1,
      );
  }
  return undefined;
}

/** How often a character stands outside of quotes. */
function count(line: string, character: string): number {
  return line.replace(/"(?:[^"]|"")*"/g, "").split(character).length - 1;
}

function jsonProblem(text: string, problem: Say): HeadProblem | undefined {
  const start = /\S/.exec(text)?.index ?? 0;
  const line = text.slice(0, start).split("\n").length;
  const [first = ""] = text.slice(start).split("\n");
  const written = first.trimEnd();
  if (written.startsWith("["))
    return problem(
      "The file is a JSON array, not JSON Lines.",
      "an array",
      "Write one object on each line: jq -c '.[]' does it, pandas with to_json(…, orient=\"records\", lines=True).",
      line,
    );
  if (written === "{")
    return problem(
      "An object goes on over several lines.",
      "a line with { alone",
      "Write each object on one line: jq -c . does it.",
      line,
    );
  if (/\}\s*,$/.test(written) && isJson(written.slice(0, -1)))
    return problem("A line ends in a comma.", "a comma after the object", "Remove it: a line is one object.", line);
  if (/\}\r+\s*\{/.test(written))
    return problem(
      "The lines end in a carriage return alone.",
      "CR line ends",
      "Write the file with LF line ends.",
      line,
    );
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const lineOf = (text: string, character: string) => text.slice(0, text.indexOf(character)).split("\n").length;
