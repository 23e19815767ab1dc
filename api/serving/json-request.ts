import type { z } from "zod";
import { RefusedRequest } from "./refusal.ts";
import type { Call } from "./route.ts";
import { refuseCrowded } from "./size.ts";

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** The body as JSON in the schema's form. Refuses another type with 400, as a form that a page sends has. */
export async function jsonRequest<T>(call: Call, schema: z.ZodType<T>): Promise<T> {
  const type = call.header("content-type") ?? "";
  if (!isJson(type))
    throw new RefusedRequest(
      400,
      `The content type has to be application/json, and is ${type.slice(0, 100) || "not given"}: with curl, add -H 'content-type: application/json'.`,
    );
  return parsed(await call.text(), schema);
}

export function isJson(type: string): boolean {
  return JSON_TYPE.test(type);
}

/** A text as JSON in the schema's form. Refuses with 400, saying where it differs. */
export function parsed<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  refuseCrowded(text);
  try {
    value = JSON.parse(text);
  } catch {
    throw new RefusedRequest(400, "The body is not valid JSON.");
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.map(String).join(".").slice(0, 200);
  throw new RefusedRequest(400, `The body is no request${where ? ` (${where})` : ""}: ${words(issue, value)}.`);
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ object: "an object", record: "an object", array: "a list", string: "a text", number: "a number" },
  ...{ int: "a whole number", boolean: "true or false", null: "null", undefined: "nothing" },
};

/** What was expected and what was found, without a value of the request. */
function words(issue: z.core.$ZodIssue | undefined, body: unknown): string {
  if (issue?.code !== "invalid_type") return issue?.message ?? "it is invalid";
  let found: unknown = body;
  for (const key of issue.path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key];
  const kind = found === null ? "null" : Array.isArray(found) ? "array" : typeof found;
  return `expected ${KINDS[issue.expected] ?? issue.expected}, found ${KINDS[kind] ?? kind}`;
}
