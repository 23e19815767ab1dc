import type { ModelRecord } from "../../schemas/model-record.ts";
import type { MonitorState, WindowRecord } from "../../schemas/monitoring.ts";
import { timestamp } from "../clock.ts";
import { monitorState } from "../drift/alarms.ts";
import { SlipwayError } from "../errors.ts";
import { openMonitoring } from "../monitoring/open-branch.ts";
import { readSnoozes, readWindows } from "../monitoring/read-records.ts";
import { openCommit } from "../source/commit.ts";
import { type LoadedModel, loadProject } from "../spec/project.ts";
import { decidingBranch } from "./binding.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES } from "./project.ts";
import { watchedModels, watchedSpec } from "./watched-models.ts";

/** A model, and where it stands after all windows so far. */
export interface ModelStanding {
  record: ModelRecord;
  /** The model's spec at the default branch's tip; undefined if it has none, or none that can be read. */
  loaded: LoadedModel | undefined;
  /** By their begin, then by version. */
  windows: WindowRecord[];
  state: MonitorState;
}

/**
 * Where models stand after all that was recorded, up to `at`: those that are named, or all that were ever looked at. Rejects with
 * MODEL_UNKNOWN, with MONITORING_INVALID for a record that is none, and as the registry does.
 */
export async function monitorStates(
  ports: Pick<Ports, "objects" | "registry" | "workspace" | "remote">,
  { models, at }: { models?: readonly string[] | undefined; at: Date },
): Promise<ModelStanding[]> {
  const { commit } = await decidingBranch(ports);
  const project = await loadProject(openCommit(ports.objects, commit), METRIC_RULES);
  const records = await watchedModels(await ports.registry.snapshot(), models);
  const branch = openMonitoring(ports.objects, ports.remote);
  await branch.refresh();
  const stage = project.stages.at(-1) as string;
  const standings: ModelStanding[] = [];
  for (const record of records) {
    const windows = await readWindows(branch, record.name);
    if (windows.length === 0 && models === undefined) continue;
    const loaded = readableSpec(() => watchedSpec(project, record));
    const live = record.stages[stage];
    const state = monitorState({
      model: record.name,
      ...{ live: live?.version, since: live?.at, windows, spec: loaded?.spec.monitor },
      snoozes: await readSnoozes(branch, record.name),
      at: timestamp(at),
    });
    standings.push({ record, loaded, windows, state });
  }
  return standings;
}

/** A spec that cannot be read asks for nothing: `monitor` says so. */
function readableSpec(read: () => LoadedModel | undefined): LoadedModel | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}
