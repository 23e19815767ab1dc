import type { RunSummary } from "../../schemas/run-summary.ts";

/** What makes a run go; where both are said, both have to be true of it. */
export interface PruneLimits {
  /** So many stay, the newest. */
  keep?: number | undefined;
  /** What began before this moment. */
  before?: Date | undefined;
}

/** What is kept where nobody says how many: of a clone, all models together. */
export const DEFAULT_KEEP = 1_000;

export interface Pruning {
  go: RunSummary[];
  /** Runs that the limits would have taken, and why they stay. */
  stay: { run: string; why: "starred" | "artifact" }[];
}

/**
 * Which local runs go, newest first given. A run that goes on stays, and so do one with a star that is shared with nobody,
 * and one whose artifact the registry names (`needed`, by digest).
 */
export function decidePruning(
  newestFirst: readonly RunSummary[],
  { keep, before }: PruneLimits,
  needed: ReadonlySet<string>,
): Pruning {
  const pruning: Pruning = { go: [], stay: [] };
  for (const [at, summary] of newestFirst.entries()) {
    const { run, status, started_at, starred, shared, artifact } = summary;
    const isMany = keep === undefined || at >= keep;
    const isOld = before === undefined || Date.parse(started_at) < before.getTime();
    if (!isMany || !isOld || status === "running") continue;
    if (starred && !shared) pruning.stay.push({ run, why: "starred" });
    else if (artifact && needed.has(artifact.sha256)) pruning.stay.push({ run, why: "artifact" });
    else pruning.go.push(summary);
  }
  return pruning;
}
