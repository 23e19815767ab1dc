import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { MonitorWindow } from "../../schemas/monitoring.ts";
import type { Duration, Timestamp } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { milliseconds } from "../duration.ts";

/** How long a window is where the spec says nothing. */
const DEFAULT_WINDOW: Duration = "1d";
export const SHORTEST_WINDOW: Duration = "1h";
export const LONGEST_WINDOW: Duration = "90d";

/** How long a model's windows are, in milliseconds. Throws TypeError for what the schema would have refused. */
export function windowLength(spec: MonitorSpec | undefined): number {
  return milliseconds(spec?.window ?? DEFAULT_WINDOW);
}

/** The window of `length` milliseconds that a moment is in. Windows are counted from 1970-01-01T00Z, for every model alike. */
export function windowAt(moment: Timestamp, length: number): MonitorWindow {
  const from = Math.floor(Date.parse(moment) / length) * length;
  return { from: timestamp(new Date(from)), to: timestamp(new Date(from + length)) };
}

/**
 * The windows that are over at `at`, oldest first: from the one that `since` is in on, and the newest `most` of them. A window that
 * ends at `at` is over. None where `since` is in a window that is not.
 */
export function closedWindows(since: Timestamp, at: Timestamp, length: number, most = 10_000): MonitorWindow[] {
  const end = Date.parse(windowAt(at, length).from);
  const first = Math.max(Date.parse(windowAt(since, length).from), end - most * length);
  const count = Math.max(0, Math.round((end - first) / length));
  return Array.from({ length: count }, (_, n) => windowAt(timestamp(new Date(first + n * length)), length));
}

/** Whether a window begins and ends where windows of its length do. */
export function isAligned({ from, to }: MonitorWindow): boolean {
  const length = Date.parse(to) - Date.parse(from);
  return length > 0 && Date.parse(from) % length === 0;
}
