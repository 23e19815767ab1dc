import { join } from "node:path";
import type { StoredFile } from "../../schemas/manifest.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import type { Bundle } from "./bundle.ts";
import type { Candidate } from "./compare-versions.ts";
import { made, packedBy } from "./packed-by.ts";

/**
 * What other jobs recomputed: the baseline's predictions, and the candidate's own metrics of them. What a job could not do
 * rejects with its problem, which the comparison then says.
 */
export function recomputeFrom(
  validated: Bundle<"validate">,
  baseline: Bundle<"baseline"> | undefined,
  ownMetrics: Bundle<"own-metrics"> | undefined,
  folder: string,
): Candidate["recompute"] {
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
    await baseline.store.getFile(predicted.predictions, predictions);
    const scored =
      ownMetrics && made("own-metrics", ownMetrics.record.made).versions.find((each) => each.version === version);
    if (scored?.problem) throw errorOf(scored.problem);
    const scores = ownMetrics && scored?.scores;
    return { predictions, scores: scores ? await bringScores(ownMetrics, scores, folder, `-baseline-${version}`) : {} };
  };
}

/** Own metrics' scores as files, by metric. */
export async function bringScores(
  { store }: Bundle<"own-metrics">,
  scores: Readonly<Record<string, StoredFile>>,
  folder: string,
  suffix: string,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [metric, file] of Object.entries(scores)) {
    const path = join(folder, `scores-${metric}${suffix}.csv`);
    await store.getFile(file, path);
    files[metric] = path;
  }
  return files;
}
