import type { MonitorWindow } from "../../schemas/monitoring.ts";
import type { Timestamp } from "../../schemas/names.ts";
import { toSecond } from "../clock.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;

/** `2026-03-14` for the begin of a day in UTC, else the second. */
export function dayWords(moment: Timestamp): string {
  return Date.parse(moment) % DAY === 0 ? moment.slice(0, 10) : toSecond(moment);
}

/**
 * `2026-03-14` for a day, `2026-03-01 to 2026-03-28` for several (the last one included), `2026-03-14T09:00 to 10:00Z` for a part of
 * one, else from second to second.
 */
export function windowWords({ from, to }: MonitorWindow): string {
  const length = Date.parse(to) - Date.parse(from);
  if (Date.parse(from) % DAY !== 0 || length % DAY !== 0) return partWords(from, to);
  const last = new Date(Date.parse(to) - DAY).toISOString();
  return length === DAY ? dayWords(from) : `${dayWords(from)} to ${dayWords(last)}`;
}

function partWords(from: Timestamp, to: Timestamp): string {
  const end = (Date.parse(to) % DAY) / MINUTE || DAY / MINUTE;
  const isWithinDay = Date.parse(to) - 1 < (Math.floor(Date.parse(from) / DAY) + 1) * DAY;
  if (!isWithinDay || Date.parse(from) % MINUTE !== 0 || !Number.isInteger(end))
    return `${toSecond(from)} to ${toSecond(to)}`;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${from.slice(0, 16)} to ${two(Math.floor(end / 60))}:${two(end % 60)}Z`;
}
