import { canonicalJson } from "../canonical.ts";

const LONGEST = 300;

/** Where two values of JSON differ first, by their keys: `stages.production.version: 1`. Undefined where they are the same. */
export function firstDifference(
  expected: unknown,
  found: unknown,
  at = "",
): { expected: string; found: string } | undefined {
  if (inOneLine(expected) === inOneLine(found)) return undefined;
  if (isMap(expected) && isMap(found)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
    for (const key of keys) {
      const inside = firstDifference(value(expected, key), value(found, key), at === "" ? key : `${at}.${key}`);
      if (inside !== undefined) return inside;
    }
  }
  const say = (one: unknown) => `${at === "" ? "" : `${at}: `}${inOneLine(one)}`.slice(0, LONGEST);
  return { expected: say(expected), found: say(found) };
}

/** A value as JSON on one line. */
export function inOneLine(value: unknown): string {
  return value === undefined ? "nothing" : canonicalJson(value).trim().replace(/\s+/g, " ");
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function value(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
