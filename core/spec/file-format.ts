import { SlipwayError } from "../errors.ts";

export type Format = "csv" | "parquet" | "jsonl";

const EXTENSIONS: readonly (readonly [string, Format])[] = [
  [".csv.gz", "csv"],
  [".csv", "csv"],
  [".parquet", "parquet"],
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
];
const HINTS: readonly (readonly [string, string])[] = [
  [".json", "Write JSON Lines: one object per line, in a file that ends in .jsonl."],
  [".tsv", "Write it with commas, as .csv, or as .parquet."],
  [".xlsx", "Export the sheet as .csv."],
  [".xls", "Export the sheet as .csv."],
  [".gz", "Of compressed files only .csv.gz is read; Parquet is compressed already."],
];

/** A data file's format, which its extension says. Rejects other extensions with DATA_UNREADABLE. */
export function fileFormatOf(path: string): { format: Format; extension: string } {
  const lower = path.toLowerCase();
  for (const [extension, format] of EXTENSIONS) if (lower.endsWith(extension)) return { format, extension };
  const hint = HINTS.find(([extension]) => lower.endsWith(extension))?.[1];
  throw new SlipwayError("DATA_UNREADABLE", "The file's extension does not say a format that Slipway reads.", {
    expected: ".csv, .csv.gz, .parquet, .jsonl or .ndjson",
    found: path,
    file: path,
    ...(hint ? { hint } : {}),
  });
}
