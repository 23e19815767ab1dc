import { join } from "node:path";
import { RunResult } from "../../schemas/run-result.ts";
import type { RunRecord, RunSummary } from "../../schemas/run-summary.ts";
import { SlipwayError } from "../errors.ts";
import { trackedIn } from "../experiments/local-runs.ts";
import { RUN_FILES, readCapped, readJson } from "../experiments/run-folder.ts";
import { kept, recordOfRun } from "../report/run-record.ts";
import { CURVE_BYTES, type CurvePoint, parseCurves, thinCurves } from "../runtime/curves.ts";
import type { RunPlaces } from "./list-runs.ts";
import { codeIn } from "./local-runs-here.ts";

const MAX_RESULT = 64 * 1024 * 1024;
const MOST_POINTS = 500;

/** All that is known of a run, as it stands now. Rejects with RUN_UNKNOWN where it was removed meanwhile. */
export async function readRun({ local, records }: RunPlaces, summary: RunSummary): Promise<RunRecord> {
  if (summary.from !== "local" || local === undefined) {
    const found = await records.read(summary.model, summary.run);
    if (found === undefined)
      throw new SlipwayError("RUN_UNKNOWN", `the run ${summary.run} is no longer on record`, {
        hint: "slipway runs lists those that are",
      });
    return found;
  }
  const folder = local.folder(summary.run);
  const details = { files: (await codeIn(folder))?.files, curves: await curvesIn(folder) };
  const result = await readJson(join(folder, RUN_FILES.result), MAX_RESULT, RunResult);
  if (result === undefined) return { ...summary, gates: {}, ...kept({ ...details, tracked: await trackedIn(folder) }) };
  const { problem } = result;
  return { ...recordOfRun(result, { from: "local" }, details), ...summary, ...(problem ? { problem } : {}) };
}

/** The points of a local run's training curves, evenly chosen, also while it trains. */
export async function curvesIn(folder: string, most = MOST_POINTS): Promise<CurvePoint[]> {
  const content = await readCapped(join(folder, RUN_FILES.curves), 2 * CURVE_BYTES);
  return content === undefined ? [] : thinCurves(parseCurves(content.toString("utf8")).points, most);
}
