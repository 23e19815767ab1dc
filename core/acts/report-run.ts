import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../report/report.ts";
import { CURVE_BYTES } from "../runtime/curves.ts";
import { assembleRun } from "../stages/assemble-run.ts";
import type { StageWork } from "../stages/run-stage.ts";
import type { ScoredRun } from "../stages/score.ts";
import { changesSince, writeReport } from "./write-report.ts";

/** Writes the report on a run that was scored, as `slipway run` does; resolves with it and its folder. */
export async function reportRun(
  { found, bundles, scored, production, loaded }: ScoredRun,
  { record, work }: StageWork<"score">,
): Promise<{ report: Report; folder: string }> {
  const { validated, trained, predicted, baseline, ownMetrics } = bundles;
  const { commit } = validated.record;
  const { binding } = found.evaluation;
  const source = { ...(commit === undefined ? {} : { commit }), dirty: false };
  const result = assembleRun(
    { run: record.run, model: record.model, source, binding },
    {
      validate: validated.record,
      baseline: baseline?.record,
      train: trained.record,
      predict: predicted.record,
      "own-metrics": ownMetrics?.record,
      score: { ...record, outcome: "succeeded", made: found },
    },
  );
  const folder = join(work.private, "report");
  await mkdir(folder);
  const { curves: _, ...plain } = result;
  const points = trained.record.made?.curves;
  const drawn = points !== undefined && points.size <= CURVE_BYTES;
  if (drawn) await trained.store.getFile(points, join(folder, "curves.jsonl"));
  const changes = production && changesSince(production, result, { blob: loaded.specBlob, spec: loaded.model.spec });
  const report = await writeReport(folder, drawn ? result : plain, scored, changes);
  return { report, folder };
}
