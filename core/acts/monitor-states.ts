import type { ModelRecord, StageAssignment } from "../../schemas/model-record.ts";
import type { MonitorState, WindowRecord } from "../../schemas/monitoring.ts";
import type { CommitId, ModelName, StageName, Timestamp } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { monitorState } from "../drift/alarms.ts";
import { SlipwayError } from "../errors.ts";
import { type Monitoring, openMonitoring } from "../monitoring/open-branch.ts";
import { readSnoozes, readWindows } from "../monitoring/read-records.ts";
import { currentAssignment } from "../promotion/assign-stage.ts";
import { earlierDecisions } from "../promotion/decide-rollback.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { openCommit } from "../source/commit.ts";
import { type LoadedModel, loadProject, type Project } from "../spec/project.ts";
import { decidingBranch } from "./binding.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES } from "./project.ts";
import { watchedModels, watchedSpec } from "./watched-models.ts";

/** Milliseconds that clocks of two machines may differ by. */
const CLOCKS_APART = 5 * 60_000;
/** Windows of a model that say where it stands: of an hour those of two to three months, of a day those of years. */
const MOST_WINDOWS = 2_200;

/** A model, and where it stands after all windows so far. */
export interface ModelStanding {
  record: ModelRecord;
  /** The stage that is watched: the policy's last. */
  stage: StageName;
  /** The model's spec at the default branch's tip; undefined if it has none, or none that can be read. */
  loaded: LoadedModel | undefined;
  /** By their begin, then by version. */
  windows: WindowRecord[];
  state: MonitorState;
  /** When the live version came back to a stage that it had been in: then it begins anew. */
  since: Timestamp | undefined;
  /** Whether a version that was in the stage before can be brought back; asked of alarmed models alone. */
  hasEarlier: boolean;
  /** The commit of the branch monitoring that says so. */
  monitoring: CommitId | undefined;
}

type StatePorts = Pick<Ports, "objects" | "registry" | "workspace" | "remote" | "clock">;

interface StatesAsked {
  models?: readonly string[] | undefined;
  at: Date;
}

/** The same as `eachStanding`, all at once: of many models with long histories more than a machine's memory holds. */
export async function monitorStates(ports: StatePorts, asked: StatesAsked): Promise<ModelStanding[]> {
  const standings: ModelStanding[] = [];
  for await (const standing of eachStanding(ports, asked)) standings.push(standing);
  return standings;
}

/**
 * Where models stand after all that was recorded of windows that were over at `at`, one after another: those that are named, or all
 * that were ever looked at. Rejects with MODEL_UNKNOWN, and as the registry does.
 */
export async function* eachStanding(
  ports: StatePorts,
  { models, at }: StatesAsked,
): AsyncGenerator<ModelStanding, undefined, undefined> {
  const { commit } = await decidingBranch(ports);
  const project = await loadProject(openCommit(ports.objects, commit), METRIC_RULES);
  const snapshot = await ports.registry.snapshot();
  const records = await watchedModels(snapshot, models);
  const branch = openMonitoring(ports.objects, ports.remote);
  await branch.refresh();
  const monitoring = await branch.tip();
  const sources = { project, snapshot, branch, monitoring, at, now: ports.clock() };
  for (const record of records) {
    const standing = await modelStanding(sources, record);
    if (standing.windows.length > 0 || models !== undefined) yield standing;
  }
  return undefined;
}

/** What says where models stand, read once for all of them. */
export interface StandingSources {
  project: Project;
  snapshot: RegistrySnapshot;
  branch: Monitoring;
  /** The branch's tip. */
  monitoring: CommitId | undefined;
  at: Date;
  now: Date;
}

/** Where one model stands, by what is here already: no remote is asked. */
export async function modelStanding(
  { project, snapshot, branch, monitoring, at, now }: StandingSources,
  record: ModelRecord,
): Promise<ModelStanding> {
  const stage = project.stages.at(-1) as string;
  // A snooze of a clock that ran ahead would outlast each word that a person says before then.
  const soon = timestamp(new Date(now.getTime() + CLOCKS_APART));
  const until = timestamp(at);
  const windows = (await readWindows(branch, record.name, { until, most: MOST_WINDOWS })).filter(
    ({ window }) => window.to <= until,
  );
  const loaded = readableSpec(() => watchedSpec(project, record));
  const live = record.stages[stage];
  const since = live && (await wasThereBefore(snapshot, record.name, stage, live)) ? live.at : undefined;
  const state = monitorState({
    model: record.name,
    ...{ live: live?.version, since, windows, spec: loaded?.spec.monitor },
    snoozes: (await readSnoozes(branch, record.name)).filter((snooze) => snooze.at <= soon),
    at: until,
  });
  const hasEarlier = state.state === "alarmed" && (await isReplacing(snapshot, record, stage));
  return { record, stage, loaded, windows, state, since, hasEarlier, monitoring };
}

/**
 * Whether a version came back to a stage that it had been in: then it begins anew. What it answered in its first stay counts
 * whatever the clocks said: servers' clocks are not the registry's, and requests of an earlier time may be asked again.
 */
async function wasThereBefore(
  snapshot: RegistrySnapshot,
  model: ModelName,
  stage: StageName,
  { version, decision }: StageAssignment,
): Promise<boolean> {
  const decisions = await snapshot.list("decision", model);
  return decisions.some(
    (each) => each.id !== decision && each.stage === stage && each.version === version && each.outcome === "promoted",
  );
}

/** Whether another version, which is not gone, was in a stage before the present one. */
async function isReplacing(snapshot: RegistrySnapshot, record: ModelRecord, stage: StageName): Promise<boolean> {
  const live = currentAssignment(record, stage);
  if (live === undefined) return false;
  const decisions = (await snapshot.list("decision", record.name)).filter((each) => each.stage === stage);
  return [...earlierDecisions(live, decisions, record)].some(({ version }) => version !== live.version);
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
