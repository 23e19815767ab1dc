import type { Params } from "../schemas/names.ts";

/**
 * A number in the spelling that a person chose, which is JSON's own: `1.0` and `1` are one number, and two kinds to the
 * programs that read them; 100000000000000000001 is a number that JavaScript has not.
 */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON's values, with numbers that JavaScript would write in another way (or not keep) as they were written. */
export type WrittenJson =
  | string
  | number
  | boolean
  | null
  | NumberText
  | WrittenJson[]
  | { [key: string]: WrittenJson };

/** The number as JavaScript has it, where that would be written in the same way; otherwise its text. */
export function writtenNumber(text: string): number | NumberText {
  const value = Number(text);
  return JSON.stringify(value) === text ? value : new NumberText(text);
}

/** JSON on one line with sorted keys, numbers as they were written. */
export function jsonText(value: WrittenJson): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonText(value[key] as WrittenJson)}`).join(",")}}`;
}

/** Text in quotes, or a number outside of them. */
const TOKEN = /"((?:[^"\\]|\\.)*)"|-?\d[\d.eE+-]*/g;

/** The inverse of `jsonText`. Throws a SyntaxError for what is not JSON. */
export function readJsonText(text: string): WrittenJson {
  JSON.parse(text);
  const marked = text.replace(TOKEN, (token, inside?: string) =>
    inside === undefined ? `"n${token}"` : `"s${inside}"`,
  );
  return unmarked(JSON.parse(marked));
}

function unmarked(value: unknown): WrittenJson {
  if (typeof value === "string") return value.startsWith("n") ? writtenNumber(value.slice(1)) : value.slice(1);
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== "object" || value === null) return value as boolean | null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.slice(1), unmarked(item)]));
}

/** What `jsonText` made of params: each by its name. */
export function readParams(params: Params): Record<string, WrittenJson> {
  return readJsonText(params) as Record<string, WrittenJson>;
}

/** The value with every number as JavaScript has it. */
export function plainJson(value: WrittenJson): Exclude<WrittenJson, NumberText> {
  if (value instanceof NumberText) return Number(value.text);
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainJson(item)]));
}
