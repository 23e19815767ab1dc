import type { CommitId } from "../../schemas/names.ts";
import type { HeardOf } from "../deployments/state.ts";
import type { Host } from "../github/event-context.ts";
import type { ChangePlan } from "../pulls/state/plan-pull.ts";
import type { PullRequest } from "../pulls/state/pull-request-cache.ts";

/** The pipeline's run on a commit, as GitHub last said. */
export interface RunState {
  id: number;
  attempt: number;
  url: string;
  status: "queued" | "in_progress" | "completed";
}

const PROGRESS = { queued: 0, in_progress: 1, completed: 2 } as const;

/** Remembers how far a run is; false where a newer run, or a later moment of this one, was heard of before. */
export function noteRun(host: Pick<Host, "ports">, commit: CommitId, run: RunState): boolean {
  const { runs } = memoryOf(host);
  const known = runs.get(commit);
  const order = (one: RunState) => [one.id, one.attempt, PROGRESS[one.status]];
  const [now, before] = [order(run), known === undefined ? [] : order(known)];
  const differs = now.findIndex((value, at) => value !== before[at]);
  if (differs >= 0 && (now[differs] ?? 0) < (before[differs] ?? 0)) return false;
  runs.set(commit, run);
  return true;
}

/** Something of ours on GitHub: where it is, and what it says, so that it is not said again. */
export interface Published {
  id: number;
  digest: string;
}

/** What spares calls, and can all be forgotten: whatever is not here is found again on GitHub. */
export interface Memory {
  pulls: Recent<number, PullRequest>;
  /** By the commit that the run is about. */
  runs: Recent<CommitId, RunState>;
  /** By pull request; `none` where it was looked for, and there is none. */
  comments: Recent<number, Published | "none">;
  /** By commit, name and external id. */
  checks: Recent<string, Published & { completed: boolean; annotated: boolean }>;
  /** Of two commits: what they share stays what it is. */
  bases: Recent<string, CommitId | "none">;
  /** By the decision's id. */
  deployments: Recent<string, HeardOf>;
  /** By base and head: both are commits, so that it stays true. */
  plans: Recent<string, ChangePlan>;
  /** By the merge group's head: where it starts. */
  groups: Recent<CommitId, CommitId>;
}

const KEPT = 2_000;
// By what an App keeps open of one repository for as long as it runs: two Apps in one process share nothing.
const memories = new WeakMap<object, Memory>();

export function memoryOf({ ports }: Pick<Host, "ports">): Memory {
  const known = memories.get(ports.objects);
  if (known !== undefined) return known;
  const memory: Memory = {
    pulls: new Recent(KEPT),
    runs: new Recent(KEPT),
    comments: new Recent(KEPT),
    checks: new Recent(KEPT),
    bases: new Recent(KEPT),
    deployments: new Recent(KEPT),
    plans: new Recent(50),
    groups: new Recent(KEPT),
  };
  memories.set(ports.objects, memory);
  return memory;
}

/** A map that forgets what was set longest ago. */
export class Recent<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }

  values(): Value[] {
    return [...this.#entries.values()];
  }
}
