import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { Alarm, MonitorState, Snooze, WindowRecord } from "../../schemas/monitoring.ts";
import type { ModelName, Timestamp, VersionNumber } from "../../schemas/names.ts";
import { CLEAN_WINDOWS } from "./follow-bar.ts";
import { followVersion, type VersionState } from "./follow-version.ts";
import { leadingRecords } from "./leading-records.ts";
import { windowLength } from "./windows.ts";

export interface MonitorInput {
  model: ModelName;
  /** The version in the stage that is watched; undefined where there is none. */
  live: VersionNumber | undefined;
  /** When it came there: what it answered in windows before counts no more. Absent: all windows of the version count. */
  since?: Timestamp | undefined;
  /** Of this model, in any order, of any version. */
  windows: readonly WindowRecord[];
  snoozes: readonly Snooze[];
  /** Of the default branch's tip: a bar that moved is asked of all windows anew. */
  spec: MonitorSpec | undefined;
  at: Timestamp;
}

/** Since when a model is alarmed, and whether a bar is why: then clean windows are those whose labels came. */
interface Episode {
  opened: Timestamp;
  byLabels: boolean;
}

/**
 * Where a model stands after all windows so far. Follows from the records alone. Alarms are those of the live version; the model is
 * alarmed until five windows in a row are clean, whichever version's they are, or no version is live any more. A window without rows counts neither way.
 */
export function monitorState({ model, live, since, windows, snoozes, spec, at }: MonitorInput): MonitorState {
  const length = windowLength(spec);
  const needsLabels = (spec?.bars ?? []).length > 0;
  const records = leadingRecords(windows, live === undefined ? undefined : { version: live, since }, length);
  let episode: Episode | undefined;
  let clean = 0;
  let stay: string | undefined;
  let follow = followVersion(0, spec, length);
  let state: VersionState | undefined;
  for (const { record, stay: whose } of records) {
    if (whose !== stay) [stay, follow, state] = [whose, followVersion(record.version, spec, length), undefined];
    state = follow(record);
    const { isAlarmed, byLabels, bad, counts, labelled } = state;
    if (isAlarmed) {
      episode ??= { opened: record.window.from, byLabels: false };
      episode.byLabels ||= byLabels;
    }
    if (!counts) continue;
    if (bad) clean = 0;
    else if (labelled || !needsLabels || !episode?.byLabels) clean += 1;
    if (!isAlarmed && clean >= CLEAN_WINDOWS) episode = undefined;
  }
  if (live === undefined) episode = undefined;
  const last = records.at(-1)?.record;
  const alarms = stay === "live" ? (state?.alarms() ?? []) : [];
  const snoozed = snoozeAt(snoozes, at);
  return {
    model,
    ...(last === undefined ? {} : { version: last.version }),
    state: live === undefined ? "idle" : last === undefined ? "unwatched" : stateOf(alarms, episode),
    alarms,
    ...(episode === undefined ? {} : { opened: episode.opened }),
    clean,
    ...(snoozed === undefined ? {} : { snoozed }),
    ...(last === undefined ? {} : { last: last.window }),
  };
}

function stateOf(alarms: readonly Alarm[], episode: Episode | undefined): MonitorState["state"] {
  if (alarms.length > 0) return "alarmed";
  return episode === undefined ? "quiet" : "clearing";
}

/**
 * The newest word of a person, while it holds: one that ends as it is written ends those before. It counts at earlier moments too, so
 * that whoever asks as of a day before is not told otherwise.
 */
function snoozeAt(snoozes: readonly Snooze[], at: Timestamp): Snooze | undefined {
  const newest = [...snoozes].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1)).at(-1);
  return newest !== undefined && newest.until > at && newest.until > newest.at ? newest : undefined;
}
