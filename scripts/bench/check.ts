import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openCommit } from "../../core/source/commit.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { MetricRules } from "../../core/spec/metric-rules.ts";
import { loadProject } from "../../core/spec/project.ts";
import { makeManyModels, measure } from "./many-models.ts";

export interface CheckBench {
  models: number;
  /** Median milliseconds to check every spec, opening the repository included. */
  commit: number;
  workTree: number;
}

/** Measures `check` over distinct specs, from a commit's objects and from a work tree; a problem in one is an error. */
export async function benchCheck(rules: MetricRules, models = 10_000, runs = 3): Promise<CheckBench> {
  const repository = await makeManyModels(models, 1);
  try {
    await git(repository.folder, ["reset", "-q", "--hard"]);
    const commit = await measure(runs, async () => {
      const objects = await openObjects(repository.folder);
      try {
        requireSound(await loadProject(openCommit(objects, repository.head), rules), models);
      } finally {
        await objects.close();
      }
    });
    const workTree = await measure(runs, async () => {
      requireSound(await loadProject(await openWorkTree(repository.folder), rules), models);
    });
    return { models, commit: commit.median, workTree: workTree.median };
  } finally {
    await repository.end();
  }
}

function requireSound({ models, problems }: Awaited<ReturnType<typeof loadProject>>, expected: number): void {
  if (problems[0] !== undefined) throw new Error(`${problems[0].file}: ${problems[0].message}`);
  if (models.size !== expected) throw new Error(`${models.size} models in place of ${expected}`);
}
