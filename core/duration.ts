import type { Duration } from "../schemas/names.ts";

/** The longest time that a timer of Node takes, in milliseconds: a longer one would fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A duration of the spec (`10m`) in milliseconds. Throws TypeError for what the schema would have refused. */
export function milliseconds(duration: Duration): number {
  const [, count, unit] = /^(\d+)(ms|s|m|h|d|w)$/.exec(duration) ?? [];
  if (unit === undefined) throw new TypeError(`not a duration: ${duration}`);
  return Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
}
