import type { ModelName, Timestamp, VersionNumber } from "../../schemas/names.ts";
import { MODEL, MODEL_FOLDER, VERSION } from "../registry/kinds.ts";
import { type PathField, type PathTemplate, path } from "../registry/path-template.ts";

/** Bytes of a record at most: 4,000 tests and 2,000 rules. */
export const MOST_RECORD_BYTES = 16 * 1024 * 1024;

/** A window's begin in a file's name: `20261129T000000Z`. Windows begin at whole seconds. */
const FROM: PathField<"from", Timestamp> = {
  ...{ name: "from", pattern: "\\d{8}T\\d{6}Z" },
  format: (from) => `${from.slice(0, 19).replace(/[-:]/g, "")}Z`,
  parse(text) {
    const spelt = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6.000Z");
    const at = Date.parse(spelt);
    return !Number.isNaN(at) && new Date(at).toISOString() === spelt ? spelt : undefined;
  },
};

/** A window's begin, as files are named by it. */
export const windowName = (from: Timestamp): string => FROM.format(from);

const ID: PathField<"id", string> = {
  ...{ name: "id", pattern: "[0-9a-f]{32}" },
  format: (id) => id,
  parse: (text) => text,
};

interface Places {
  window: { model: ModelName; version: VersionNumber; from: Timestamp };
  snooze: { model: ModelName; id: string };
  alarm: { model: ModelName };
}

/** What stands on the branch `monitoring`. `alarm` is the file that stands in an issue's place on a repository without issues. */
const TEMPLATES: { readonly [Kind in keyof Places]: PathTemplate<Places[Kind]> } = {
  window: path`models/${MODEL}/windows/${VERSION}/${FROM}.json`,
  snooze: path`models/${MODEL}/snoozes/${ID}.json`,
  alarm: path`models/${MODEL}/ALARM.md`,
};

/** Where a file of the branch is: what its path says. */
export type MonitoringPath = { [Kind in keyof Places]: { kind: Kind } & Places[Kind] }[keyof Places];

export function formatMonitoringPath(at: MonitoringPath): string {
  return (TEMPLATES[at.kind] as PathTemplate<MonitoringPath>).format(at);
}

/** The inverse of formatMonitoringPath; undefined for a path that nothing of Slipway's has. */
export function parseMonitoringPath(text: string): MonitoringPath | undefined {
  for (const kind of Object.keys(TEMPLATES) as (keyof Places)[]) {
    const at = (TEMPLATES[kind] as PathTemplate<object>).parse(text);
    if (at !== undefined) return { kind, ...at } as MonitoringPath;
  }
  return undefined;
}

/** The folder of a model's windows, in which each version has one. */
export function windowsFolder(model: ModelName): string {
  return `${MODEL_FOLDER.format({ model })}/windows`;
}

export function snoozesFolder(model: ModelName): string {
  return `${MODEL_FOLDER.format({ model })}/snoozes`;
}
