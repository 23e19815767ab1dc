// `plan` between two commits of a large repository.
import { METRIC_RULES } from "../../core/acts/project.ts";
import { openObjects } from "../../core/git/objects.ts";
import { planChanges } from "../../core/plan/plan-changes.ts";
import { changedPaths } from "../../core/source/changes.ts";
import { openCommit } from "../../core/source/commit.ts";
import { makeManyModels } from "./many-models.ts";
import { type BenchOptions, inSeconds, type Measurement, repeat } from "./measurement.ts";

const MODELS = 10_000;
const CHANGED = 20;

/** Opening the repository included; program versions are handed in, for asking them is not what is measured. */
export async function bench({ folder }: BenchOptions): Promise<Measurement[]> {
  const { base, head } = await makeManyModels(folder, MODELS, CHANGED);
  const runtime = { platform: process.platform, arch: process.arch, programs: { node: process.version } };
  const timing = await repeat(11, async () => {
    const objects = await openObjects(folder);
    try {
      const found = await planChanges({
        base: openCommit(objects, base),
        head: openCommit(objects, head),
        changedPaths: () => changedPaths(folder, base, head),
        runtime: async () => runtime,
        rules: METRIC_RULES,
      });
      if (found.models.length !== CHANGED) throw new Error(`${found.models.length} models in place of ${CHANGED}`);
    } finally {
      await objects.close();
    }
  });
  const size = `${MODELS} models, ${CHANGED} changed`;
  const bound = "reading each model's code list in base and head";
  return [{ what: "plan between two commits", size, target: 1, bound, ...inSeconds(timing) }];
}
