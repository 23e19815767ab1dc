import type { RunPlaces } from "../../core/acts/list-runs.ts";
import { localRuns } from "../../core/acts/local-runs-here.ts";
import type { LocalRuns } from "../../core/experiments/local-runs.ts";
import { type Experiments, openExperiments } from "../../core/experiments/open.ts";
import { openRunRecords } from "../../core/experiments/run-records.ts";
import { type GitObjects, openObjects } from "../../core/git/objects.ts";
import { openWorkspace, type Workspace } from "../../core/git/workspace.ts";
import type { Session } from "../command.ts";

export interface OpenRuns extends RunPlaces {
  workspace: Workspace;
  objects: GitObjects;
  local: LocalRuns;
  experiments: Experiments;
  clock(): Date;
}

/** Opens the runs of the repository that the session is in, and those on `experiments`, of a remote as it stands now. */
export async function withRuns<T>(
  session: Session,
  remote: string | undefined,
  act: (places: OpenRuns) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace(session.folder);
  const objects = await openObjects(workspace.folder);
  try {
    const experiments = openExperiments(objects, remote);
    await experiments.refresh();
    const records = openRunRecords(experiments);
    return await act({
      workspace,
      objects,
      local: localRuns(workspace),
      experiments,
      records,
      clock: () => new Date(),
    });
  } finally {
    await objects.close();
  }
}

export interface RunsOptions {
  model?: string;
  filter?: string;
  sort?: string;
  limit?: number;
  remote?: string;
  patch?: boolean;
  keep?: number;
  olderThan?: string;
  dryRun?: boolean;
}
