import { join } from "node:path";
import { parse } from "yaml";
import type { TrackedRun } from "../../schemas/tracked.ts";
import { timestamp } from "../clock.ts";
import { readStart } from "./growing-file.ts";

const META_BYTES = 64 * 1024;

/** The file `meta.yaml` of a folder in MLflow's file store, every value as its text; undefined while it is half written. */
export async function readMeta(folder: string): Promise<Readonly<Record<string, string>> | undefined> {
  const content = await readStart(join(folder, "meta.yaml"), META_BYTES);
  try {
    const value: unknown = parse(content?.toString("utf8") ?? "", { schema: "failsafe", maxAliasCount: 0 });
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const texts = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    return Object.fromEntries(texts);
  } catch {
    return undefined;
  }
}

/** By MLflow's numbers for them. */
const STATUS: Readonly<Record<string, TrackedRun["status"]>> = {
  1: "running",
  2: "scheduled",
  3: "finished",
  4: "failed",
  5: "killed",
};

/** Status and times of a run's `meta.yaml`. */
export function metaFacts(
  meta: Readonly<Record<string, string>>,
): Pick<TrackedRun, "status" | "started_at" | "ended_at"> {
  const [status, started_at, ended_at] = [
    STATUS[meta["status"] ?? ""],
    moment(meta["start_time"]),
    moment(meta["end_time"]),
  ];
  return {
    ...(status === undefined ? {} : { status }),
    ...(started_at === undefined ? {} : { started_at }),
    ...(ended_at === undefined ? {} : { ended_at }),
  };
}

/** Milliseconds since 1970, of a year with four digits. */
function moment(text: string | undefined): string | undefined {
  const milliseconds = Number(text);
  if (text === undefined || !(milliseconds >= 0 && milliseconds < 253_402_300_800_000)) return undefined;
  return timestamp(new Date(milliseconds));
}
