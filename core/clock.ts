import type { Timestamp } from "../schemas/names.ts";

/** A moment as records keep it: UTC, whole seconds, rounded down. */
export function timestamp(moment: Date): Timestamp {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

/**
 * The moment, or one second after the latest of `last` where the clock has not moved past it (or runs backwards):
 * Git keeps whole seconds and GTO orders tags by them.
 */
export function strictlyAfter(moment: Date | Timestamp, ...last: readonly (Timestamp | undefined)[]): Timestamp {
  const earliest = last.map((at) => (at === undefined ? Number.NEGATIVE_INFINITY : Date.parse(at) + 1000));
  return timestamp(new Date(Math.max(new Date(moment).getTime(), ...earliest)));
}
