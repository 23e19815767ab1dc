import { join } from "node:path";
import type { MlflowHost } from "../../../api/mlflow/host.ts";
import { sweepUploads } from "../../../api/mlflow/sweep-leftovers.ts";
import { signersOf } from "../../../core/acts/signers.ts";
import { looseRef } from "../../../core/git/loose-ref.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import { trackingRef } from "../../../core/git/remote.ts";
import { type Catalogs, openCatalogs } from "../../../core/registry/catalog.ts";
import { REGISTRY_REF } from "../../../core/registry/paths.ts";
import type { EventContext } from "../../github/event-context.ts";

const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;

/** A mirror's catalogs live as long as its Git process: another mirror of the same repository reads anew. */
const catalogsOf = new WeakMap<GitObjects, Catalogs>();

/**
 * Serves MLflow's API from the mirror of a repository on GitHub. A read sees the registry as it was fetched last:
 * every push brings a webhook, which fetches. A write asks GitHub first, so that writers see what they wrote.
 */
export function mlflowHost(
  { ports, experiments }: Pick<EventContext, "ports" | "experiments">,
  writes: boolean,
): MlflowHost {
  const { objects, workspace, remote } = ports;
  const uploads = join(workspace.state, "mlflow");
  let catalogs = catalogsOf.get(objects);
  if (catalogs === undefined) {
    catalogs = openCatalogs(objects, { remote, signers: signersOf(ports) });
    catalogsOf.set(objects, catalogs);
    void sweepUploads(uploads);
  }
  const ref = remote === undefined ? REGISTRY_REF : trackingRef(remote, REGISTRY_REF);
  const fetched = async () => looseRef(workspace, ref) ?? (await objects.read(`${ref}^{commit}`))?.id;
  return {
    ports,
    catalogs,
    tip: async () => (writes ? undefined : await fetched()) ?? (await ports.registry.snapshot()).commit,
    experiments,
    uploads,
    maxUploadBytes: MAX_UPLOAD_BYTES,
  };
}
