import type { TaggerTime, Timestamp } from "../schemas/names.ts";

/** A moment as records keep it: UTC, to the millisecond. */
export function timestamp(moment: Date): Timestamp {
  return moment.toISOString();
}

/** The later of two. */
export function laterOf(a: Timestamp, b: Timestamp): Timestamp {
  return a > b ? a : b;
}

/**
 * A moment as a tag keeps it: its second, or one second after the latest of `last` where it is no later than that. GTO orders
 * tags by whole seconds, and clocks may run backwards.
 */
export function taggerTime(moment: Timestamp, ...last: readonly (TaggerTime | undefined)[]): TaggerTime {
  const earliest = last.map((at) => (at === undefined ? Number.NEGATIVE_INFINITY : Date.parse(at) + 1000));
  return toSecond(new Date(Math.max(Date.parse(moment), ...earliest)).toISOString());
}

/** Its second, rounded down: what Git keeps, and what people read. */
export function toSecond(moment: Timestamp): TaggerTime {
  return `${moment.slice(0, 19)}Z`;
}
