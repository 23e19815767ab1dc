import { invalid } from "./errors.ts";

/** What a client sent: the query of a GET, the JSON body of any other request. */
export type Sent = Readonly<Record<string, unknown>>;

const SUFFIX = " See the API docs for more information about request parameters.";

/** A text; undefined if it is absent or null. Rejects with INVALID_PARAMETER_VALUE, in MLflow's words. */
export function optionalText(sent: Sent, name: string): string | undefined {
  const value = own(sent, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw wrongType(name, value);
}

/** A text that must be there and must not be empty. */
export function text(sent: Sent, name: string): string {
  const value = optionalText(sent, name);
  if (value === undefined || value === "") throw invalid(`Missing value for required parameter '${name}'.${SUFFIX}`);
  return value;
}

export function flag(sent: Sent, name: string): boolean {
  const value = own(sent, name);
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  throw wrongType(name, value);
}

/** A list of texts: a query's repeated key, or a JSON array. */
export function texts(sent: Sent, name: string): string[] {
  const value = own(sent, name);
  if (value === undefined || value === null) return [];
  const list = typeof value === "string" ? [value] : value;
  if (Array.isArray(list) && list.every((item) => typeof item === "string")) return list;
  throw wrongType(name, value);
}

/** A whole number from 1 to `most`. */
export function countParam(sent: Sent, name: string, { standard, most }: { standard: number; most: number }): number {
  const value = own(sent, name);
  if (value === undefined || value === null || value === "") return standard;
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) throw wrongType(name, value);
  if (number > most)
    throw invalid(
      `Invalid value for request parameter max_results. It must be at most ${most}, but got value ${number}`,
    );
  if (number < 1) throw invalid(`Invalid value for ${name}. It must be a positive integer, but got ${number}`);
  return number;
}

/** Tags as a client sends them: a list of keys and values. If a key comes twice, the last one counts. */
export function labels(sent: Sent): Record<string, string> {
  const value = own(sent, "tags");
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) throw wrongType("tags", value);
  return Object.fromEntries(
    value.map((item: unknown) => {
      if (typeof item !== "object" || item === null) throw wrongType("tags", value);
      return [text(item as Sent, "key"), labelValue(item as Sent)];
    }),
  );
}

/** In a list MLflow takes a raw number or a truth value, and loses it; here it is kept as it is written in JSON. */
function labelValue(sent: Sent): string {
  const value = own(sent, "value");
  return typeof value === "number" || typeof value === "boolean" ? String(value) : (optionalText(sent, "value") ?? "");
}

function own(sent: Sent, name: string): unknown {
  return Object.hasOwn(sent, name) ? sent[name] : undefined;
}

function wrongType(name: string, value: unknown) {
  const shown = JSON.stringify(value)?.slice(0, 200);
  return invalid(
    `Invalid value ${shown} for parameter '${name}' supplied:  Hint: Value was of type '${typeName(value)}'.${SUFFIX}`,
  );
}

/** As Python calls it. */
function typeName(value: unknown): string {
  if (value === null) return "NoneType";
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 1e21 ? "int" : "float";
  return { string: "str", boolean: "bool", object: "dict" }[typeof value as string] ?? typeof value;
}
