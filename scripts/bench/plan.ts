import { openObjects } from "../../core/git/objects.ts";
import { planChanges } from "../../core/plan/plan-changes.ts";
import { changedPaths } from "../../core/source/changes.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { MetricRules } from "../../core/spec/metric-rules.ts";
import { makeManyModels, measure } from "./many-models.ts";

export interface PlanBench {
  models: number;
  changed: number;
  /** Median milliseconds to plan between two commits, opening the repository included. */
  plan: number;
}

/** Measures `plan` between two commits; program versions are handed in, for asking them is not what is measured. */
export async function benchPlan(rules: MetricRules, models = 10_000, changed = 20, runs = 5): Promise<PlanBench> {
  const repository = await makeManyModels(models, changed);
  const { folder, base, head } = repository;
  const runtime = { platform: process.platform, arch: process.arch, programs: { node: process.version } };
  try {
    const plan = await measure(runs, async () => {
      const objects = await openObjects(folder);
      try {
        const found = await planChanges({
          base: openCommit(objects, base),
          head: openCommit(objects, head),
          changedPaths: () => changedPaths(folder, base, head),
          runtime: async () => runtime,
          rules,
        });
        if (found.models.length !== changed) throw new Error(`${found.models.length} models in place of ${changed}`);
      } finally {
        await objects.close();
      }
    });
    return { models, changed, plan: plan.median };
  } finally {
    await repository.end();
  }
}
