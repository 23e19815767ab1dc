import { dirname } from "node:path";
import { findRun, listRuns, type RunPlaces } from "../../../core/acts/list-runs.ts";
import { localRuns } from "../../../core/acts/local-runs-here.ts";
import { readRun } from "../../../core/acts/read-run.ts";
import { openRunRecords } from "../../../core/experiments/run-records.ts";
import type { RunRecord, RunSummary } from "../../../schemas/run-summary.ts";
import type { PortalHost } from "../request/host.ts";

const opened = new WeakMap<PortalHost["experiments"], RunPlaces>();

/** Where the runs of a repository are; what was read once stays in memory. */
export function runPlaces({ experiments, runs }: Pick<PortalHost, "experiments" | "runs">): RunPlaces {
  const known = opened.get(experiments);
  if (known !== undefined) return known;
  const local = runs === undefined ? undefined : localRuns({ state: dirname(runs) });
  const places = { local, records: openRunRecords(experiments) };
  opened.set(experiments, places);
  return places;
}

export function allRuns(host: PortalHost): Promise<RunSummary[]> {
  return listRuns(runPlaces(host));
}

/** A run by its id, with all that is known of it now. Rejects with RUN_UNKNOWN. */
export async function runOf(host: PortalHost, id: string): Promise<{ summary: RunSummary; record: RunRecord }> {
  const summary = findRun(await allRuns(host), id);
  return { summary, record: await readRun(runPlaces(host), summary) };
}
