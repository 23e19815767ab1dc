import { EXPERIMENTS_REF } from "../experiments/open.ts";
import { fetchBranch, trackingRef } from "../git/remote.ts";
import { runGit } from "../git/run.ts";
import { namedDigests } from "../registry/named-digests.ts";
import { REGISTRY_REF } from "../registry/paths.ts";
import type { Removal, Stored } from "../stores/blobs.ts";
import { GRACE, sortStored } from "../stores/garbage.ts";
import type { Ports } from "./ports.ts";

export interface Collected {
  /** How many of what the store holds records name, and how many are too young to tell. */
  needed: number;
  young: number;
  garbage: Stored[];
  /** What became of the garbage, by its name; empty if nothing was to be removed. */
  removals: ReadonlyMap<string, Removal>;
}

/**
 * Finds what no record names of what the store holds, and removes it if `remove` says so. The store is listed before records are
 * read, and they are read again before anything is removed: what was put for a record counts as young meanwhile. The registries
 * and experiments of this repository and of each of its remotes count. Rejects with REMOTE_FAILED if one cannot be reached.
 */
export async function collectGarbage(
  { objects, store, clock, signal }: Pick<Ports, "objects" | "store" | "clock" | "signal">,
  { remove = false, onRemoved }: { remove?: boolean; onRemoved?: (done: number, of: number) => void } = {},
): Promise<Collected> {
  const before = new Date(clock().getTime() - GRACE);
  const stored: Stored[] = [];
  for await (const each of store.list({ signal })) stored.push(each);
  const sort = async () => sortStored(stored, await namedByAll(objects), before);
  const { garbage, young, needed } = await sort();
  const removals = new Map<string, Removal>();
  if (remove && garbage.length > 0) {
    const still = await sort();
    for (const each of still.garbage) {
      removals.set(each.name, await store.remove(each, before, { signal }));
      onRemoved?.(removals.size, still.garbage.length);
    }
  }
  return { needed: needed.length, young: young.length, garbage, removals };
}

/** The digests that are named here and on every remote, as they stand now. */
async function namedByAll(objects: Ports["objects"]): Promise<Set<string>> {
  const { repository } = objects;
  const remotes = (await runGit(repository.folder, ["remote"])).stdout.toString().split("\n").filter(Boolean);
  const branches = [REGISTRY_REF, EXPERIMENTS_REF];
  for (const remote of remotes) for (const branch of branches) await fetchBranch(repository, remote, branch);
  const tracked = remotes.flatMap((remote) => branches.map((branch) => trackingRef(remote, branch)));
  return namedDigests(objects, [...branches, ...tracked]);
}
