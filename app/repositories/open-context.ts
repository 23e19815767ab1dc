import { withQueueOf } from "../../core/registry/commit-act.ts";
import type { EventContext } from "../github/event-context.ts";
import { type Mirror, REMOTE } from "./mirror.ts";
import { policyStore } from "./policy-store.ts";
import { registryOf } from "./read-mirror.ts";
import { reportStore } from "./report-store.ts";
import { unregistrable } from "./unregistrable.ts";

/** What an event's context is made of, beside its mirror. */
export interface ContextParts
  extends Omit<EventContext, "ports" | "refresh" | "experiments" | "reports" | "unregistrable"> {
  /** Recorded with every decision. */
  name: "app" | "bot";
  signal: AbortSignal | undefined;
  /** Aborted as soon as the process is to stop: reading or copying bytes of a store begins again at the next start. */
  stopping?: AbortSignal | undefined;
  /** The stores that repositories may use on this machine; undefined inside of a repository's own workflow. */
  stores?: readonly string[] | undefined;
}

/** The context of one event, over an open mirror. */
export function openContext({ workspace, objects, experiments, ...mirror }: Mirror, facts: ContextParts): EventContext {
  const { name, signal, stopping = signal, stores, ...rest } = facts;
  // What was refreshed for this event is new enough to decide by once: publishing refuses where it has moved since.
  let fresh = false;
  const refresh = async (pulls?: readonly number[]) => {
    await mirror.refresh(pulls);
    fresh = true;
  };
  const snapshot = () => {
    const fetched = fresh;
    fresh = false;
    return fetched ? registryOf({ ports }) : mirror.registry.snapshot();
  };
  const registry = withQueueOf(mirror.registry, { ...mirror.registry, snapshot });
  const allowed = stores && { roots: stores, repository: facts.repository };
  const tip = `refs/remotes/${REMOTE}/${facts.repository.defaultBranch}`;
  const store = policyStore(objects, tip, { allowed, signal: stopping });
  const { clock } = facts;
  const read = { workspace, objects, registry, store, remote: REMOTE };
  const ports = { name, identifiesUsers: true, runsUserCode: false, ...read, clock, signal };
  return {
    ...{ ...rest, ports, refresh, experiments },
    reports: reportStore(objects, tip, { allowed }),
    unregistrable: (commit) => unregistrable(objects, commit, { allowed, key: mirror.signingKey, now: clock() }),
  };
}
