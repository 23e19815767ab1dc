import type { CommitId } from "../../schemas/names.ts";
import { publishChecks } from "../checks/publish-checks.ts";
import type { Host } from "../host.ts";
import { registryOf } from "../mirror.ts";
import { loadChange, type Reported } from "../pull-request/load-change.ts";

/** Brings both checks on a merge group's head up to date, by what its run reported. */
export async function publishGroup(
  host: Host,
  group: { base: CommitId | undefined; head: CommitId },
  records: ReadonlyMap<string, Reported>,
): Promise<void> {
  const state = await loadChange(host, group, { records, snapshot: await registryOf(host) });
  await publishChecks(host, state, `merge-group:${group.head}`);
}
