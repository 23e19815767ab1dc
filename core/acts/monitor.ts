import { join } from "node:path";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { MonitorResult, WindowRecord } from "../../schemas/monitoring.ts";
import type { ModelName, Person } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import type { DataAccess } from "../data/remote/place.ts";
import { windowLength } from "../drift/windows.ts";
import { expectedAndFound, SlipwayError } from "../errors.ts";
import { lookAtModel } from "../monitoring/look-model.ts";
import type { ModelLook } from "../monitoring/look-ports.ts";
import { type Monitoring, openMonitoring } from "../monitoring/open-branch.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { counted } from "../report/verdict-words.ts";
import { sweepWorkFolders } from "../runtime/sweep.ts";
import { makeWorkFolder, type WorkFolder } from "../runtime/work-folder.ts";
import { openCommit } from "../source/commit.ts";
import { type LoadedModel, loadProject, POLICY_PATH, type Project } from "../spec/project.ts";
import { decidingBranch } from "./binding.ts";
import { labelsOf, rowsOf } from "./monitor-places.ts";
import { findMovedPins } from "./moved-pins.ts";
import type { Ports } from "./ports.ts";
import { METRIC_RULES, refuseProblems } from "./project.ts";
import { evaluatedVersion } from "./registered.ts";
import { namedSpecs, watchedModels, watchedSpec } from "./watched-models.ts";

export type MonitorPorts = Pick<
  Ports,
  "objects" | "registry" | "workspace" | "store" | "requestLog" | "remote" | "clock" | "name"
>;

export interface MonitorOptions {
  /** Default: every model with a version in the last stage. */
  models?: readonly string[] | undefined;
  /** Look whether data moved, whatever `monitor.then.data` says. */
  retrain?: boolean | undefined;
  /** Windows that are over by then are looked at. */
  at: Date;
  /** Recorded with each window, unless whoever records it says who it was. */
  by?: Person | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((line: string) => void) | undefined;
  /** How labels and data outside the repository are reached; default: with this process's environment. */
  access?: DataAccess | undefined;
}

const DAY = 86_400_000;
/** How far back a look goes, in days, and in windows at least: two of three decide. */
const HORIZON = 90;
const FEWEST_WINDOWS = 6;
/** Windows in one run, of one model and of all: the first look at a long log takes several. */
const MOST_OF_MODEL = 2_200;
const MOST_OF_RUN = 4_000;

type LookResult = MonitorResult & { left: number };

/** Who looks, where nobody is named: the App, and whoever records, says better. */
const NOBODY: Person = { name: "slipway", id: "slipway" };

/**
 * Looks at what live versions were asked and answered, window by window, and at data outside the repository that moved. Nothing is
 * written: `recordMonitoring` does. A model that cannot be looked at is among the problems, and holds up no other. Rejects with
 * SPEC_INVALID for a policy that cannot be read, POLICY_INVALID where it names no request log, MODEL_UNKNOWN for a name that is
 * asked for, and as the registry does.
 */
export async function monitor(ports: MonitorPorts, options: MonitorOptions): Promise<MonitorResult> {
  const { at, by = NOBODY, signal, progress = () => {} } = options;
  const access = { ...(options.access ?? { env: process.env }), signal };
  const { commit } = await decidingBranch(ports);
  const snapshot = await ports.registry.snapshot();
  const records = await watchedModels(snapshot, options.models);
  const project = await loadProject(openCommit(ports.objects, commit), METRIC_RULES);
  refuseProblems(project.problems.filter(({ file }) => file === POLICY_PATH));
  const stage = project.stages.at(-1) as string;
  const result: LookResult = {
    ...{ slipway: 1, at: timestamp(at), windows: [], unchanged: 0, left: 0, moved: [], problems: [], notes: [] },
  };
  const branch = openMonitoring(ports.objects, ports.remote);
  await branch.refresh();
  const retrains = options.retrain === true || project.policy.monitor?.then?.data === "retrain";
  if (ports.requestLog === undefined && !retrains) throw noLog();
  // What a look that was killed had brought here are rows of clients.
  await sweepWorkFolders();
  let made: Promise<WorkFolder> | undefined;
  const work = async () => {
    made ??= makeWorkFolder("monitor");
    return (await made).private;
  };
  const about = { stage, by, project, snapshot, branch, at, access, work, isAsked: options.models !== undefined };
  try {
    for (const record of ports.requestLog === undefined ? [] : records) {
      signal?.throwIfAborted();
      const most = Math.min(MOST_OF_MODEL, MOST_OF_RUN - result.windows.length);
      const look = await oneModel(ports, record, { ...about, most }).catch((error: unknown) => {
        if (!(error instanceof SlipwayError) || signal?.aborted) throw error;
        result.problems.push(problemOf(record.name, error));
        return undefined;
      });
      if (look === undefined) continue;
      result.windows.push(...look.windows);
      result.unchanged += look.unchanged;
      result.left += look.left;
      result.notes.push(...look.notes);
      result.problems.push(...look.problems.map(({ code, message }) => ({ model: record.name, code, message })));
      if (look.windows.length > 0) progress(`${record.name}: ${counted(look.windows.length, "window")}`);
    }
  } finally {
    await (await made)?.remove();
  }
  if (retrains) {
    const found = await findMovedPins(ports, commit, namedSpecs(project, options.models), access);
    result.moved.push(...found.moved);
    result.problems.push(...found.problems);
  }
  return { ...result, windows: inOrder(result.windows) };
}

interface About {
  stage: string;
  by: Person;
  project: Project;
  snapshot: RegistrySnapshot;
  branch: Monitoring;
  most: number;
  at: Date;
  access: DataAccess;
  work(): Promise<string>;
  isAsked: boolean;
}

/** Undefined for a model that nobody watches: no version of it is live, or nothing is kept of what it is asked. */
async function oneModel(ports: MonitorPorts, record: ModelRecord, about: About): Promise<ModelLook | undefined> {
  const { stage, by, project, snapshot, branch, most, at, work, isAsked } = about;
  const { requestLog } = ports;
  const isLive = record.stages[stage] !== undefined;
  if (requestLog === undefined || (!isLive && !isAsked)) return undefined;
  const loaded = watchedSpec(project, record);
  const since = Math.max(at.getTime() - horizon(loaded), at.getTime() - (requestLog.keep ?? Number.POSITIVE_INFINITY));
  const { objects, store, clock, workspace } = ports;
  const { keep } = requestLog;
  const keptSince = keep === undefined ? undefined : timestamp(new Date(Math.max(0, clock().getTime() - keep)));
  return lookAtModel(
    {
      ...{ objects, store, branch, clock, work, signal: about.access.signal },
      log: { store: requestLog.store, spool: requestLog.spool, signal: about.access.signal },
      version: (number) => evaluatedVersion(snapshot, record.name, number),
      ...{ cache: join(workspace.state, "cache", "monitoring"), root: workspace.folder, access: about.access },
      rows: () => rowsOf(workspace, project.policy, record, about.access.env),
    },
    {
      ...{ model: record.name, loaded, stage, by, host: ports.name, most, labels: labelsOf(project.policy, record) },
      ...{ since: timestamp(new Date(Math.max(0, since))), at: timestamp(at), keptSince },
    },
  );
}

function horizon(loaded: LoadedModel | undefined): number {
  return Math.max(HORIZON * DAY, FEWEST_WINDOWS * windowLength(loaded?.spec.monitor));
}

function noLog(): SlipwayError {
  return new SlipwayError(
    "POLICY_INVALID",
    "The policy names no store for the request log: nothing is known of what is asked",
    {
      expected: "monitor: { requests: { store: file:.slipway/requests-log } } in slipway.yaml of the default branch",
      found: "no `monitor.requests`",
      hint: "Commit it there: what is not committed binds nobody. docs/request-log.md says what is kept.",
    },
  );
}

function problemOf(model: ModelName, error: SlipwayError): MonitorResult["problems"][number] {
  const [first] = error.problems;
  const place = [first?.file, first?.line, first?.column].filter((part) => part !== undefined).join(":");
  const about = expectedAndFound(first ?? {});
  return { model, code: error.code, message: [place, error.message, about].filter(Boolean).join(": ").slice(0, 2_000) };
}

/** By the windows' begin: what cannot be told of all is then told of the oldest ones first. */
function inOrder(windows: readonly WindowRecord[]): WindowRecord[] {
  return [...windows].sort(
    (a, b) => a.window.from.localeCompare(b.window.from) || a.model.localeCompare(b.model) || a.version - b.version,
  );
}
