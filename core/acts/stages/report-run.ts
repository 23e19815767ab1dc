import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../../../schemas/manifest.ts";
import type { StageRecordOf } from "../../../schemas/stage-record.ts";
import type { Scored } from "../../metrics/scored.ts";
import type { Report } from "../../report/report.ts";
import { CURVE_BYTES } from "../../runtime/curves.ts";
import { assembleRun, type ScoreFound } from "../../stages/assemble-run.ts";
import { changesSince, writeReport } from "../write-report.ts";
import type { CommitRun, LoadedRun } from "./commit-run.ts";
import type { Bundles } from "./evaluate-bundles.ts";

/** Writes the report on a run that was scored, as `slipway run` does; resolves with it and its folder. */
export async function reportRun(
  about: { run: string; model: string } & CommitRun,
  record: StageRecordOf<"score">,
  found: ScoreFound,
  { validated, trained, predicted, baseline, ownMetrics }: Bundles,
  from: { loaded: LoadedRun; scored: Scored; live: Manifest | undefined; folder: string },
): Promise<{ report: Report; folder: string }> {
  const result = assembleRun(
    { ...about, binding: about.origin === "default-branch" },
    {
      validate: validated.record,
      train: trained.record,
      predict: predicted.record,
      baseline: baseline?.record,
      "own-metrics": ownMetrics?.record,
      score: { ...record, outcome: "succeeded", made: found },
    },
  );
  const folder = join(from.folder, "report");
  await mkdir(folder);
  const { curves: _, ...plain } = result;
  const points = trained.record.made?.curves;
  const drawn = points !== undefined && points.size <= CURVE_BYTES;
  if (drawn) await trained.store.getFile(points, join(folder, "curves.jsonl"));
  const changes = from.live && changesSince(from.live, result, from.loaded.model);
  const report = await writeReport(folder, drawn ? result : plain, from.scored, changes);
  return { report, folder };
}
