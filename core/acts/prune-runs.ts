import { DEFAULT_KEEP, decidePruning, type PruneLimits, type Pruning } from "../experiments/decide-pruning.ts";
import type { LocalRuns } from "../experiments/local-runs.ts";
import { dropNotes } from "../experiments/run-notes.ts";
import type { GitObjects } from "../git/objects.ts";
import { trackingRef } from "../git/remote.ts";
import { runGit } from "../git/run.ts";
import { namedDigests } from "../registry/named-digests.ts";
import { REGISTRY_REF } from "../registry/paths.ts";
import { removeTree } from "../runtime/remove-tree.ts";

/** Finds the local runs that limits take, and removes their folders unless it is a preview. What is in a store stays there. */
export async function pruneRuns(
  { objects, local }: { objects: GitObjects; local: LocalRuns },
  limits: PruneLimits = { keep: DEFAULT_KEEP },
  { preview = false }: { preview?: boolean } = {},
): Promise<Pruning> {
  const runs = await local.list();
  if (decidePruning(runs, limits, new Set()).go.length === 0) return decidePruning(runs, limits, new Set());
  const pruning = decidePruning(runs, limits, await registeredDigests(objects));
  if (preview) return pruning;
  for (const { run } of pruning.go) await removeTree(local.folder(run));
  await dropNotes(
    local.state,
    pruning.go.map(({ run }) => run),
  );
  return pruning;
}

/** What the registries name that are known here: this repository's, and its remotes' as they were fetched last. */
async function registeredDigests(objects: GitObjects): Promise<ReadonlySet<string>> {
  const { stdout } = await runGit(objects.repository.folder, ["remote"]);
  const remotes = stdout.toString().split("\n").filter(Boolean);
  const tracked = remotes.map((remote) => trackingRef(remote, REGISTRY_REF));
  return namedDigests(objects, [REGISTRY_REF, ...tracked]);
}
