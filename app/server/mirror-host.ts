import { signersOf } from "../../core/acts/signers.ts";
import { looseRef } from "../../core/git/loose-ref.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { trackingRef } from "../../core/git/remote.ts";
import { type Catalogs, openCatalogs } from "../../core/registry/catalog.ts";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";

/** A mirror's catalogs live as long as its Git process: another mirror of the same repository reads anew. */
const catalogsOf = new WeakMap<GitObjects, Catalogs>();

/** What MLflow's API and the portal serve a repository on GitHub from: its mirror. */
export interface MirrorHost extends Pick<EventContext, "ports" | "experiments"> {
  catalogs: Catalogs;
  /** Where the registry stands, for reading. */
  tip(): Promise<CommitId | undefined>;
}

/**
 * A read sees the registry as it was fetched last: every push brings a webhook, which fetches. A write asks GitHub first, so
 * that writers see what they wrote.
 */
export function mirrorHost(
  { ports, experiments }: Pick<EventContext, "ports" | "experiments">,
  writes: boolean,
): MirrorHost {
  const { objects, workspace, remote } = ports;
  let catalogs = catalogsOf.get(objects);
  if (catalogs === undefined) {
    catalogs = openCatalogs(objects, { remote, signers: signersOf(ports) });
    catalogsOf.set(objects, catalogs);
  }
  const ref = remote === undefined ? REGISTRY_REF : trackingRef(remote, REGISTRY_REF);
  const fetched = async () => looseRef(workspace, ref) ?? (await objects.read(`${ref}^{commit}`))?.id;
  return {
    ...{ ports, experiments, catalogs },
    tip: async () => (writes ? undefined : await fetched()) ?? (await ports.registry.snapshot()).commit,
  };
}
