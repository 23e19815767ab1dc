import { milliseconds } from "./duration.ts";
import { SlipwayError } from "./errors.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;
const DAY = 86_400_000;

/**
 * A moment as people type it: a day (UTC), a time with its zone, or how long ago (`7d`). A day means its beginning, or
 * with `end` its end. Rejects with USAGE.
 */
export function moment(option: string, text: string | undefined, now: Date, end = false): Date | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}[smhdw]$/.test(text)) return new Date(now.getTime() - milliseconds(text));
  const at = DATE.test(text) || TIME.test(text) ? Date.parse(text) : Number.NaN;
  // February has no 30th, whatever a parser makes of it.
  const real = !Number.isNaN(at) && (!DATE.test(text) || new Date(at).toISOString().startsWith(text));
  if (!real)
    throw new SlipwayError("USAGE", `${option} takes a day, a time with its zone, or how long ago`, {
      expected: "2026-03-01, 2026-03-01T09:00:00Z or 7d",
      found: text,
    });
  return new Date(end && DATE.test(text) ? at + DAY - 1 : at);
}
