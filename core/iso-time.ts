/**
 * ISO 8601's extended form of a moment, as a pattern for JavaScript and for SQL alike: 2024-01-31, 2024-01-31T09,
 * 2024-01-31 09:00, 2024-01-31T09:00:00.25, each time with Z, +02, +02:00 or +0200 or without; T, t or a space between,
 * a point or a comma before the fraction. Groups: day, hour, minute, second, fraction, offset.
 */
export const ISO_TIME =
  "([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ]([01][0-9]|2[0-4])(?::([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]+))?)?)?([Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?)?";

const PATTERN = new RegExp(`^${ISO_TIME}$`);

/** The moment that a text says, in milliseconds since 1970, to the microsecond; UTC where no offset is given. Undefined where it says none. */
export function isoTime(text: string): number | undefined {
  const [, day, hour = "00", minute = "00", second = "00", fraction = "", offset = "Z"] = PATTERN.exec(text) ?? [];
  if (day === undefined) return undefined;
  const start = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(start) || new Date(start).toISOString().slice(-24, -14) !== day) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second) + Number(`0.${fraction.slice(0, 6)}0`);
  if (seconds > 86_400) return undefined;
  return start + (seconds - offsetSeconds(offset)) * 1000;
}

function offsetSeconds(offset: string): number {
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
  return (sign === "-" ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
}
