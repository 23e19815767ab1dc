import { join } from "node:path";
import type { StoredFile } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { scoresOf } from "../data/join.ts";
import { refuseLargeOutput } from "../data/output.ts";
import { PREDICTIONS } from "../data/predictions.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../stores/store.ts";
import type { Bundle } from "./bundle.ts";
import type { Candidate } from "./compare-versions.ts";
import { made, packedBy } from "./packed-by.ts";

/**
 * What other jobs recomputed about so many test `rows`: the baseline's predictions, and the candidate's own metrics of them. What
 * a job could not do rejects with its problem, which the comparison then says.
 */
export function recomputeFrom(
  validated: Bundle<"validate">,
  baseline: Bundle<"baseline"> | undefined,
  ownMetrics: Bundle<"own-metrics"> | undefined,
  { folder, rows }: { folder: string; rows: number },
): Candidate["recompute"] {
  const metrics = namesOfOwnMetrics(validated.record.model_file?.spec);
  return async ({ version }) => {
    const packed = packedBy(validated).versions.find((each) => each.version === version);
    if (packed?.problem) throw errorOf(packed.problem);
    const predicted = baseline && made("baseline", baseline.record.made).find((each) => each.version === version);
    if (predicted?.problem) throw errorOf(predicted.problem);
    if (!baseline || !predicted?.predictions) {
      throw new SlipwayError("OUTPUT_MISSING", `The job baseline left no predictions of version ${version}`, {
        hint: "Run the failed jobs again.",
      });
    }
    const predictions = join(folder, `baseline-${version}.csv`);
    refuseLargeOutput(PREDICTIONS, predicted.predictions.size, rows);
    await baseline.store.getFile(predicted.predictions, predictions);
    const scored =
      ownMetrics && made("own-metrics", ownMetrics.record.made).versions.find((each) => each.version === version);
    if (scored?.problem) throw errorOf(scored.problem);
    const scores = ownMetrics && scored?.scores;
    const suffix = `-baseline-${version}`;
    return {
      predictions,
      scores: scores ? await bringScores(ownMetrics.store, scores, { metrics, folder, rows, suffix }) : {},
    };
  };
}

/** The spec's metrics with a command of their own. */
export function namesOfOwnMetrics(spec: Pick<ModelSpec, "metrics"> | undefined): string[] {
  return Object.entries(spec?.metrics ?? {}).flatMap(([metric, rule]) => ("run" in rule ? metric : []));
}

/** Own metrics' scores as files, by metric: those of `metrics` alone, whatever else a job with user code names. */
export async function bringScores(
  store: Pick<ArtifactStore, "getFile">,
  scores: Readonly<Record<string, StoredFile>>,
  { metrics, folder, rows, suffix }: { metrics: readonly string[]; folder: string; rows: number; suffix: string },
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const metric of metrics) {
    const file = Object.hasOwn(scores, metric) ? scores[metric] : undefined;
    if (file === undefined) continue;
    refuseLargeOutput(scoresOf(metric), file.size, rows);
    files[metric] = join(folder, `scores-${metric}${suffix}.csv`);
    await store.getFile(file, files[metric]);
  }
  return files;
}
