import type { CommitId } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";
import { judgeChanges, judgeOf } from "../plan/judge-changes.ts";
import { openCommit } from "../source/commit.ts";
import { loadProject } from "../spec/project.ts";
import { METRIC_RULES } from "./project.ts";

/** What of a model's judge a commit would have otherwise than the default branch's tip: see judgeChanges. Both commits are here. */
export async function changesOfJudge(
  objects: GitObjects,
  { tip, head, model }: { tip: CommitId; head: CommitId; model: string },
): Promise<string[]> {
  const at = async (commit: CommitId) => {
    const tree = openCommit(objects, commit);
    const loaded = (await loadProject(tree, METRIC_RULES, { models: [model] })).models.get(model);
    return loaded && judgeOf(loaded, tree);
  };
  const there = await at(head);
  return there === undefined ? ["the model"] : judgeChanges(await at(tip), there);
}
