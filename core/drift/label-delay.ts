import type { Timestamp } from "../../schemas/names.ts";

/** What of a window's record says how late its labels come. */
export interface LabelledWindow {
  window: { from: Timestamp; to: Timestamp };
  traffic: { rows: number };
  performance?: { labelled: number } | undefined;
}

/** As far back as monitoring looks, in milliseconds: labels that stay away for longer are not waited for. */
const LONGEST = 90 * 86_400_000;

/**
 * How long labels take, in milliseconds: what passed at `at` since the end of the newest window of whose rows at least half have
 * labels. Without one a window's length, which is the least, too. Whoever trains again waits that long before the next time:
 * nobody can know earlier whether it helped.
 */
export function labelDelay(windows: readonly LabelledWindow[], at: Timestamp, window: number): number {
  const labelled = windows.filter(
    ({ traffic, performance }) => traffic.rows > 0 && 2 * (performance?.labelled ?? 0) >= traffic.rows,
  );
  const newest = Math.max(...labelled.map(({ window: { to } }) => Date.parse(to)));
  const passed = labelled.length === 0 ? window : Date.parse(at) - newest;
  return Math.min(Math.max(passed, window), LONGEST);
}
