import { join } from "node:path";
import type { Ports } from "../../core/acts/ports.ts";
import { signersOf } from "../../core/acts/signers.ts";
import { openExperiments } from "../../core/experiments/open.ts";
import { looseRef } from "../../core/git/loose-ref.ts";
import { openCatalogs } from "../../core/registry/catalog.ts";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { MlflowHost } from "./host.ts";
import { type TrackingOptions, trackingServer } from "./tracking-server.ts";

const MAX_UPLOAD_BYTES = 16 * 1024 ** 3;

/**
 * Serves MLflow's API from a repository that holds its own registry. Each read sees the newest commit, and starts no
 * process.
 */
export function openMlflowHost(ports: Ports, tracking?: Omit<TrackingOptions, "maxBytes">): MlflowHost {
  return {
    tracking: tracking && trackingServer({ ...tracking, maxBytes: MAX_UPLOAD_BYTES }),
    ports,
    catalogs: openCatalogs(ports.objects, { remote: ports.remote, signers: signersOf(ports) }),
    tip: async () => looseRef(ports.workspace, REGISTRY_REF) ?? (await ports.registry.snapshot()).commit,
    experiments: openExperiments(ports.objects, ports.remote),
    uploads: join(ports.workspace.state, "mlflow"),
    maxUploadBytes: MAX_UPLOAD_BYTES,
  };
}
