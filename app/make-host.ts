import type { Host } from "./host.ts";
import { type Mirror, REMOTE } from "./repositories/mirror.ts";
import { policyStore } from "./repositories/policy-store.ts";

/** What a host is made of, beside its mirror. */
export interface HostFacts extends Omit<Host, "ports" | "refresh" | "experiments"> {
  /** Recorded with every decision. */
  name: "app" | "bot";
  signal: AbortSignal | undefined;
}

/** The host of one event, over a mirror that is open. */
export function makeHost({ workspace, objects, registry, experiments, refresh }: Mirror, facts: HostFacts): Host {
  const { name, signal, ...rest } = facts;
  const store = policyStore(objects, `refs/remotes/${REMOTE}/${facts.repository.defaultBranch}`);
  const { clock } = facts;
  const read = { workspace, objects, registry, store, remote: REMOTE };
  const ports = { name, canVouch: true, runsUserCode: false, ...read, clock, signal };
  return { ...rest, ports, refresh, experiments };
}
