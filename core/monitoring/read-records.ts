import type { z } from "zod";
import { Snooze, WindowRecord } from "../../schemas/monitoring.ts";
import type { ModelName, Timestamp } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import type { Monitoring } from "./open-branch.ts";
import {
  formatMonitoringPath,
  MOST_RECORD_BYTES,
  type MonitoringPath,
  parseMonitoringPath,
  snoozesFolder,
  windowsFolder,
} from "./paths.ts";

type Place<Kind extends MonitoringPath["kind"]> = Extract<MonitoringPath, { kind: Kind }>;

/** Records that are read at once: of a thousand columns each has a megabyte. */
const AT_ONCE = 100;

/**
 * What was found of a model in windows that begin at `since` or later and before `until`, as last refreshed: by their begin, then by
 * version. With `most` no more windows than that, of which `newestOf` says which. A record that is none, or another window's, counts
 * for nothing: `verify` names it.
 */
export async function readWindows(
  branch: Monitoring,
  model: ModelName,
  { since, until, most }: { since?: Timestamp | undefined; until?: Timestamp | undefined; most?: number } = {},
): Promise<WindowRecord[]> {
  const asked = (await listWindows(branch, model)).filter(
    ({ from }) => (since === undefined || from >= since) && (until === undefined || from < until),
  );
  const places = most === undefined ? asked : newestOf(asked, most);
  const records: WindowRecord[] = [];
  for (let first = 0; first < places.length; first += AT_ONCE)
    for (const { record, at } of await readRecords(branch, places.slice(first, first + AT_ONCE), WindowRecord))
      if (belongs(record, at)) records.push(record);
  return records;
}

/**
 * Of places by their begin those of the newest windows: `most` of them at most, and half as many at least. The older half goes at
 * once, so that for as long as `most`/2 windows take to come the same window is the first: what is summed over windows from the
 * first on begins anew no more often.
 */
export function newestOf<At extends { from: Timestamp }>(places: readonly At[], most: number): At[] {
  const begins = [...new Set(places.map(({ from }) => from))].sort();
  const step = Math.ceil(most / 2);
  const first = begins[Math.max(0, Math.ceil((begins.length - most) / step)) * step];
  return first === undefined ? [] : places.filter(({ from }) => from >= first);
}

/** One look, as last refreshed; undefined if there is none, or it cannot be read. */
export async function readWindow(
  branch: Monitoring,
  at: Omit<Place<"window">, "kind">,
): Promise<WindowRecord | undefined> {
  const [found] = await readRecords(branch, [{ kind: "window" as const, ...at }], WindowRecord);
  return found && belongs(found.record, found.at) ? found.record : undefined;
}

/** Where a model's windows are, by their begin, then by version. */
export async function listWindows(branch: Monitoring, model: ModelName): Promise<Place<"window">[]> {
  const folder = windowsFolder(model);
  const places: Place<"window">[] = [];
  for (const version of await branch.list(folder))
    for (const name of await branch.list(`${folder}/${version}`)) {
      const at = parseMonitoringPath(`${folder}/${version}/${name}`);
      if (at?.kind === "window") places.push(at);
    }
  return places.sort((a, b) => a.from.localeCompare(b.from) || a.version - b.version);
}

/** Whether a record stands where it says that it belongs. */
export function belongs({ model, version, window }: WindowRecord, at: Place<"window">): boolean {
  return model === at.model && version === at.version && window.from === at.from;
}

/** A model's snoozes, oldest first, as last refreshed; without those that cannot be read. */
export async function readSnoozes(branch: Monitoring, model: ModelName): Promise<Snooze[]> {
  const folder = snoozesFolder(model);
  const places = (await branch.list(folder)).flatMap((name) => {
    const at = parseMonitoringPath(`${folder}/${name}`);
    return at?.kind === "snooze" ? [at] : [];
  });
  const found = await readRecords(branch, places, Snooze);
  return found.map(({ record }) => record).sort((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
}

async function readRecords<Schema extends z.ZodType, At extends MonitoringPath>(
  branch: Monitoring,
  places: readonly At[],
  schema: Schema,
): Promise<{ at: At; record: z.infer<Schema> }[]> {
  const contents = await branch.readMany(places.map(formatMonitoringPath), MOST_RECORD_BYTES);
  return places.flatMap((at, index) => {
    const content = contents[index];
    const record = content === undefined ? undefined : readable(content, schema, formatMonitoringPath(at));
    return record === undefined ? [] : [{ at, record }];
  });
}

function readable<Schema extends z.ZodType>(content: Buffer, schema: Schema, path: string) {
  try {
    return parseRecord(content, schema, path);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "MONITORING_INVALID") return undefined;
    throw error;
  }
}

/** A record as it is kept. Throws MONITORING_INVALID. */
export function parseRecord<Schema extends z.ZodType>(content: Buffer, schema: Schema, path: string): z.infer<Schema> {
  try {
    const parsed = schema.safeParse(JSON.parse(content.toString("utf8")));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw invalid(path, `${issue?.path.join(".")}: ${issue?.message}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(path, "no JSON");
  }
}

function invalid(file: string, found: string): SlipwayError {
  return new SlipwayError("MONITORING_INVALID", "A record of the branch monitoring is none", {
    expected: "what `slipway monitor` writes",
    found,
    file,
    hint: "See who wrote it with `git log monitoring`, and set the branch back to Slipway's last commit.",
  });
}
