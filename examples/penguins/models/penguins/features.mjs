import { readFileSync } from "node:fs";
import Papa from "papaparse";

/** Rows as objects of texts; a missing value is an empty text. */
export function readRows(file) {
  return Papa.parse(readFileSync(file, "utf8").trimEnd(), { header: true }).data;
}

/** How each feature becomes numbers, learnt from the training rows alone. */
export function fitFeatures(rows, names) {
  return names.map((name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== "");
    if (values.some((value) => Number.isNaN(Number(value)))) return { name, categories: [...new Set(values)].sort() };
    const sorted = values.map(Number).sort((a, b) => a - b);
    return { name, median: sorted[Math.floor(sorted.length / 2)] };
  });
}

/** In a file a missing value is an empty text, in a request it is null. */
const isMissing = (value) => value === "" || value === null;

/** One list of numbers per row: the median where a number is missing, no category where a text is. */
export function toNumbers(rows, features) {
  return rows.map((row) =>
    features.flatMap(({ name, categories, median }) =>
      categories
        ? categories.map((category) => Number(row[name] === category))
        : [isMissing(row[name]) ? median : Number(row[name])],
    ),
  );
}
