import { readSnapshot } from "../../core/registry/snapshot.ts";
import type { CommitId, ModelName } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import { publishPullRequest } from "./publish.ts";

/**
 * Versions entered or left stages between two commits of the registry: the pull requests that they were registered
 * from are brought up to date, whoever moved them.
 */
export async function reviewMoved(
  context: EventContext,
  { before, after }: { before: CommitId; after: CommitId },
  models: ReadonlySet<ModelName>,
): Promise<void> {
  const [was, is] = await Promise.all([before, after].map((commit) => readSnapshot(context.ports.objects, commit)));
  const pulls = new Set<number>();
  for (const model of models) {
    const [old, now] = await Promise.all([was?.model(model), is?.model(model)]);
    const stages = new Set([...Object.keys(old?.stages ?? {}), ...Object.keys(now?.stages ?? {})]);
    for (const stage of stages) {
      const moved = [old, now].map((record) => record?.stages[stage]?.version);
      if (moved[0] === moved[1]) continue;
      for (const version of moved) {
        const found = version === undefined ? undefined : await is?.manifest(model, version);
        const pull = found?.manifest.source.pull_request;
        if (pull !== undefined) pulls.add(pull);
      }
    }
  }
  for (const pull of pulls) await publishPullRequest(context, pull);
}
