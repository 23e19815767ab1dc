import { WindowRecord } from "../../schemas/monitoring.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { KnownLook, sameInputs } from "../monitoring/known-looks.ts";
import { type MonitoringChange, openMonitoring } from "../monitoring/open-branch.ts";
import { formatMonitoringPath, MOST_RECORD_BYTES } from "../monitoring/paths.ts";
import { counted } from "../report/verdict-words.ts";
import type { Ports } from "./ports.ts";

export interface Recorder {
  by: Person;
  host: string;
  /** The attested run that looked. */
  run?: string | undefined;
}

/**
 * Keeps what a look found: one commit for all models, by a compare-and-swap. A window that is kept already from the same inputs is
 * not written again, and neither is one whose kept look is newer. So twice is once, and a run that was killed is done again.
 * Rejects as `Monitoring.write` does.
 */
export async function recordMonitoring(
  ports: Pick<Ports, "objects" | "remote" | "clock">,
  { windows }: { windows: readonly WindowRecord[] },
  recorder: Recorder,
): Promise<{ commit: CommitId | undefined; written: number }> {
  const branch = openMonitoring(ports.objects, ports.remote);
  if (windows.length === 0) return { commit: await branch.tip(), written: 0 };
  await branch.refresh();
  const now = ports.clock();
  let written = 0;
  const { commit } = await branch.write(async () => {
    const paths = windows.map(({ model, version, window }) =>
      formatMonitoringPath({ kind: "window", model, version, from: window.from }),
    );
    const kept = await branch.readMany(paths, MOST_RECORD_BYTES);
    const fresh = windows.flatMap((record, index) => {
      const path = paths[index] as string;
      return isSuperseded(record, kept[index], timestamp(now)) ? [] : [{ path, content: contentOf(record, recorder) }];
    });
    written = fresh.length;
    return fresh.length === 0 ? undefined : changeOf(windows, fresh, recorder, timestamp(now));
  });
  return { commit, written };
}

/** A kept look of the future is none: a clock was wrong. */
function isSuperseded(record: WindowRecord, kept: Buffer | undefined, now: string): boolean {
  const known = kept === undefined ? undefined : knownLook(kept);
  if (known === undefined || known.window.to !== record.window.to) return false;
  if (sameInputs(known.inputs, record.inputs)) return known.inputs.label_files === record.inputs.label_files;
  return known.looked_at > record.looked_at && known.looked_at <= now;
}

function knownLook(content: Buffer): KnownLook | undefined {
  try {
    return KnownLook.safeParse(JSON.parse(content.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

function contentOf({ by: _, host: __, run: ___, ...record }: WindowRecord, { by, host, run }: Recorder): string {
  return canonicalJson(WindowRecord.parse({ ...record, by, host, ...(run === undefined ? {} : { run }) }));
}

function changeOf(
  windows: readonly WindowRecord[],
  files: MonitoringChange["files"],
  { by, host, run }: Recorder,
  at: string,
): MonitoringChange {
  const models = [...new Set(windows.map(({ model }) => model))];
  const [only] = models;
  const about = models.length === 1 && only !== undefined ? only : `${models.length} models`;
  return {
    ...{ files, act: "monitor", by, at, host, run },
    subject: `Look at ${counted(files.length, "window")} of ${about}`,
    ...(models.length === 1 ? { model: only } : {}),
  };
}
