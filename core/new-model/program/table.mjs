import { readFileSync } from "node:fs";

/** Rows of a CSV file as objects of texts; a missing value is an empty text. */
export function readRows(file) {
  const [names = [], ...rows] = parseCsv(readFileSync(file, "utf8"));
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ""])));
}

export function writeRows(names, rows) {
  const field = (value) => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return `${[names, ...rows].map((row) => row.map(field).join(",")).join("\n")}\n`;
}

function parseCsv(text) {
  const rows = [];
  let row = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (row.length === 0 && end === "" && quoted === undefined && plain === "") break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** In a file a missing value is an empty text or one of `nulls`, in a request it is null. */
const known = (value, nulls) => (value === null || value === undefined || nulls.includes(value) ? "" : String(value));

/** A value as a number: of a time, its day. */
function toNumber(text, kind) {
  if (text === "") return Number.NaN;
  if (kind !== "time") return Number(text);
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  return Date.parse(text.length > 10 && !isZoned ? `${text.replace(" ", "T")}Z` : text) / 86_400_000;
}

const MOST_CATEGORIES = 20;

/** How each feature becomes numbers, learnt from the training rows alone. */
export function fitFeatures(rows, { features, nulls }) {
  const fitted = Object.entries(features).map(([name, kind]) => {
    const texts = rows.map((row) => known(row[name], nulls));
    if (kind === "category") {
      const counts = new Map();
      for (const text of texts)
        if (text !== "") counts.set(text.toLowerCase(), (counts.get(text.toLowerCase()) ?? 0) + 1);
      const values = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_CATEGORIES);
      return { name, kind, values: values.map(([value]) => value) };
    }
    const numbers = texts
      .map((text) => toNumber(text, kind))
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / (numbers.length || 1);
    const deviation = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (numbers.length || 1));
    return { name, kind, mean, deviation: deviation || 1, middle: numbers[Math.floor(numbers.length / 2)] ?? 0 };
  });
  return { nulls, fitted };
}

/** A list of numbers for each row: a constant, then each feature's. */
export function toInputs(rows, { nulls, fitted }) {
  return rows.map((row) => {
    const numbers = [1];
    for (const { name, kind, values, mean, deviation, middle } of fitted) {
      const text = known(row[name], nulls);
      if (kind === "category") for (const value of values) numbers.push(Number(text.toLowerCase() === value));
      else {
        const number = toNumber(text, kind);
        numbers.push(((Number.isFinite(number) ? number : middle) - mean) / deviation);
      }
    }
    return numbers;
  });
}

export const dot = (a, b) => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at] * b[at];
  return sum;
};
