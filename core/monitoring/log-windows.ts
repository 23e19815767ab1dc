import type { MonitorWindow } from "../../schemas/monitoring.ts";
import type { Sha256, Timestamp } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";
import { windowAt } from "../drift/windows.ts";
import type { LogFile } from "../serving/request-log/list-log.ts";
import { endOf } from "../serving/request-log/object-name.ts";

/** A window that is over, and the log's files that may have rows of it. */
export interface LogWindow {
  window: MonitorWindow;
  files: LogFile[];
  /** Over what tells the files' content. */
  digest: Sha256;
}

/** Windows of `length` milliseconds with files of the log: from the one that `since` is in on, those that are over at `at`, oldest first. */
export function logWindows(
  files: readonly LogFile[],
  { since, at, length }: { since: Timestamp; at: Timestamp; length: number },
): LogWindow[] {
  const found = new Map<Timestamp, { window: MonitorWindow; files: LogFile[] }>();
  const first = windowAt(since, length).from;
  for (const file of files)
    for (let moment = file.hour; moment < endOf(file.hour); moment = Date.parse(windowOf(moment).to)) {
      const window = windowOf(moment);
      if (window.from < first || window.to > at) continue;
      const known = found.get(window.from) ?? { window, files: [] };
      known.files.push(file);
      found.set(window.from, known);
    }
  const windows = [...found.values()].sort((a, b) => a.window.from.localeCompare(b.window.from));
  return windows.map((each) => ({ ...each, digest: sha256(each.files.map(({ key }) => `${key}\n`).join("")) }));

  function windowOf(moment: number): MonitorWindow {
    return windowAt(new Date(moment).toISOString(), length);
  }
}
