import type { CommitId } from "../../../schemas/names.ts";
import type { EventContext } from "../../github/event-context.ts";
import { repositoryCache } from "../../repositories/repository-cache.ts";

/** The pipeline's run on a commit, as GitHub last said. */
export interface RunState {
  id: number;
  attempt: number;
  url: string;
  status: "queued" | "in_progress" | "completed";
}

/** How far runs are, by the commit that a run is about. */
export const runsOf = repositoryCache<CommitId, RunState>();

const PROGRESS = { queued: 0, in_progress: 1, completed: 2 } as const;

/** Remembers how far a run is; false if a newer run, or a later moment of this one, was heard of before. */
export function noteRun(context: Pick<EventContext, "ports">, commit: CommitId, run: RunState): boolean {
  const runs = runsOf(context);
  const known = runs.get(commit);
  const order = (one: RunState) => [one.id, one.attempt, PROGRESS[one.status]];
  const [now, before] = [order(run), known === undefined ? [] : order(known)];
  const differs = now.findIndex((value, at) => value !== before[at]);
  if (differs >= 0 && (now[differs] ?? 0) < (before[differs] ?? 0)) return false;
  runs.set(commit, run);
  return true;
}
