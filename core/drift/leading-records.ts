import type { MonitorWindow, WindowRecord } from "../../schemas/monitoring.ts";
import type { Timestamp, VersionNumber } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";

/** Which version is live, and since when: a version that is brought into the stage again begins anew. */
export interface Live {
  version: VersionNumber;
  since?: Timestamp | undefined;
}

/** A window, and whose: `stay` differs where another version answers, or the same one again. */
export interface Leading {
  record: WindowRecord;
  stay: string;
}

/**
 * The one record of each window that decides, from the oldest on, whatever the records' order: that of the live version since it is
 * live, else of whichever version answered most. Windows of another length than `length` milliseconds are left out: the spec asked otherwise then.
 */
export function leadingRecords(records: readonly WindowRecord[], live: Live | undefined, length: number): Leading[] {
  const windows = new Map<Timestamp, Leading>();
  for (const record of newestLooks(records)) {
    if (lengthOf(record.window) !== length) continue;
    const { version, window } = record;
    const isLive = version === live?.version && (live.since === undefined || window.to > live.since);
    const leading = { record, stay: isLive ? "live" : String(version) };
    const other = windows.get(window.from);
    if (other === undefined || leads(leading, other)) windows.set(window.from, leading);
  }
  return [...windows.values()].sort((a, b) => (a.record.window.from < b.record.window.from ? -1 : 1));
}

function leads(one: Leading, other: Leading): boolean {
  if (one.stay === "live" || other.stay === "live") return one.stay === "live";
  const [rows, others] = [one.record.traffic.rows, other.record.traffic.rows];
  return rows === others ? one.record.version > other.record.version : rows > others;
}

/** Of two looks at one version's window the later one. */
function newestLooks(records: readonly WindowRecord[]): WindowRecord[] {
  const looks = new Map<string, WindowRecord>();
  for (const record of records) {
    const key = `${record.version} ${record.window.from} ${record.window.to}`;
    const other = looks.get(key);
    if (other === undefined || isLater(record, other)) looks.set(key, record);
  }
  return [...looks.values()];
}

function isLater(one: WindowRecord, other: WindowRecord): boolean {
  if (one.looked_at !== other.looked_at) return one.looked_at > other.looked_at;
  return canonicalJson(one) > canonicalJson(other);
}

function lengthOf({ from, to }: MonitorWindow): number {
  return Date.parse(to) - Date.parse(from);
}
