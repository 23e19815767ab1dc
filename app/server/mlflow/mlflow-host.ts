import { join } from "node:path";
import type { MlflowHost } from "../../../api/mlflow/host.ts";
import { sweepUploads } from "../../../api/mlflow/sweep-leftovers.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import type { EventContext } from "../../github/event-context.ts";
import { mirrorHost } from "../mirror-host.ts";

const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;

const swept = new WeakSet<GitObjects>();

/** Serves MLflow's API from the mirror of a repository on GitHub. */
export function mlflowHost(context: Pick<EventContext, "ports" | "experiments">, writes: boolean): MlflowHost {
  const { objects, workspace } = context.ports;
  const uploads = join(workspace.state, "mlflow");
  if (!swept.has(objects)) {
    swept.add(objects);
    void sweepUploads(uploads);
  }
  return { ...mirrorHost(context, writes), uploads, maxUploadBytes: MAX_UPLOAD_BYTES };
}
