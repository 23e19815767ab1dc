import type { CommitId } from "../../../schemas/names.ts";
import type { EventContext } from "../../github/event-context.ts";
import { registryOf } from "../../repositories/read-mirror.ts";
import { publishChecks } from "../checks/publish-checks.ts";
import { loadChange, type Reported } from "../state/load-change.ts";

/** Brings both checks on a merge group's head up to date, by what its run reported. */
export async function publishGroup(
  context: EventContext,
  group: { base: CommitId | undefined; head: CommitId },
  records: ReadonlyMap<string, Reported>,
): Promise<void> {
  const state = await loadChange(context, group, { records, snapshot: await registryOf(context) });
  await publishChecks(context, state, `merge-group:${group.head}`);
}
