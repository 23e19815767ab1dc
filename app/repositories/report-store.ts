import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import type { ReportStore } from "../../core/acts/rollout-reports.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import { isOfEachClone, parseStore } from "../../core/stores/address.ts";
import { openNamedStore } from "../../core/stores/open/open-named.ts";
import { type AllowedStores, allowedRoot } from "./allowed-store.ts";

const NONE: ReportStore = { get: async () => undefined, list: async () => [] };

/**
 * The request log's store that the policy at the default branch's tip names, opened when it is read. It holds nothing where
 * none is named, or one that each clone has for itself. Rejects with STORE_NOT_ALLOWED where this machine may not use it, with
 * SPEC_INVALID, and as the store does.
 */
export function reportStore(
  objects: GitObjects,
  tip: string,
  { allowed }: { allowed: AllowedStores | undefined },
): ReportStore {
  async function store(): Promise<ReportStore> {
    const commit = (await objects.read(`${tip}^{commit}`))?.id;
    if (commit === undefined) return NONE;
    const { policy, path, position, problems } = await loadPolicy(await openCommit(objects, commit), METRIC_RULES);
    refuseProblems(problems);
    const choice = policy.monitor?.requests?.store;
    if (choice === undefined) return NONE;
    const at = { file: path, ...position(["monitor", "requests", "store"]) };
    const address = parseStore(choice, at, "monitor.requests.store");
    if (isOfEachClone(address.uri)) return NONE;
    if (allowed !== undefined) allowedRoot(address, allowed, at);
    return openNamedStore(choice, "/", at);
  }

  return {
    get: async (...asked) => (await store()).get(...asked),
    list: async (...asked) => (await store()).list(...asked),
  };
}
