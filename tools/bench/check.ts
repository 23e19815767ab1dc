// `check`: every spec of a repository, parsed and held to the rules.
import { METRIC_RULES } from "../../core/acts/project.ts";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { SourceTree } from "../../core/source/tree.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { loadProject } from "../../core/spec/project.ts";
import { makeManyModels } from "./many-models.ts";
import { type BenchOptions, inSeconds, type Measurement, repeat } from "./measurement.ts";

const MODELS = 10_000;
const TARGET = 3;

/** Over distinct specs, from a commit's objects and from a work tree; a problem in one is an error. */
export async function bench({ folder }: BenchOptions): Promise<Measurement[]> {
  const { head } = await makeManyModels(folder, MODELS, 1);
  await git(folder, ["reset", "-q", "--hard"]);
  const commit = await repeat(7, async () => {
    const objects = await openObjects(folder);
    try {
      await checkAll(openCommit(objects, head));
    } finally {
      await objects.close();
    }
  });
  const workTree = await repeat(7, async () => checkAll(await openWorkTree(folder)));
  const about = { size: `${MODELS} specs`, target: TARGET, bound: "parsing YAML and the schema: one core" };
  return [
    { what: "check a commit", ...about, ...inSeconds(commit) },
    { what: "check a work tree", ...about, ...inSeconds(workTree) },
  ];
}

async function checkAll(tree: SourceTree): Promise<void> {
  const { models, problems } = await loadProject(tree, METRIC_RULES);
  if (problems[0] !== undefined) throw new Error(`${problems[0].file}: ${problems[0].message}`);
  if (models.size !== MODELS) throw new Error(`${models.size} models in place of ${MODELS}`);
}
