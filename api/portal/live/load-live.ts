import { modelStanding } from "../../../core/acts/monitor-states.ts";
import { METRIC_RULES } from "../../../core/acts/project.ts";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { leadingRecords } from "../../../core/drift/leading-records.ts";
import { windowLength } from "../../../core/drift/windows.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import { openMonitoring } from "../../../core/monitoring/open-branch.ts";
import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import { memoized } from "../../../core/registry/memoize.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import { barsSection } from "../../../core/report/bars-section.ts";
import type { Section } from "../../../core/report/report.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { loadProject } from "../../../core/spec/project.ts";
import type { MonitorSpec } from "../../../schemas/monitor-spec.ts";
import type { MonitorState, WindowRecord } from "../../../schemas/monitoring.ts";
import type { CommitId, StageName } from "../../../schemas/names.ts";
import type { Policy } from "../../../schemas/policy.ts";
import { modelIndex } from "../model-index/open-index.ts";
import type { PageRequest } from "../request/page.ts";
import { isPicked, type Picks, readPicks } from "./picks.ts";

/** What is known of what a model answers. */
export interface Live {
  model: CatalogModel;
  /** The stage that is watched. */
  stage: StageName;
  policy: Policy;
  spec: MonitorSpec | undefined;
  state: MonitorState;
  hasEarlier: boolean;
  /** The commit of the branch `monitoring` that says all of it. */
  monitoring: CommitId | undefined;
  /** Versions that were looked at, the newest first. */
  versions: number[];
  /** How many looks there are, of those that are picked. */
  looks: number;
  /** The newest of these, oldest first. */
  shown: WindowRecord[];
  /** One of them a window: the live version's, or whichever answered most. */
  leading: WindowRecord[];
  /** The one that is shown at length, and the newest with labels up to it. */
  last: WindowRecord | undefined;
  labelled: WindowRecord | undefined;
  bars: Section[];
}

const MOST_SHOWN = 60;
/** Of all windows that are shown: a thousand columns have thousands in each. */
const MOST_TESTS = 40_000;
/** The page and its pictures are asked for together, and share one reading. */
const MOST_KEPT = 3;

const kept = new WeakMap<GitObjects, BoundedMap<string, Promise<Live>>>();

/** Reads a model's windows, or what was read of them for the page that its pictures belong to. Rejects with USAGE. */
export async function loadLive(request: PageRequest, catalog: Catalog, model: CatalogModel): Promise<Live> {
  const { host, query, now } = request;
  const picks = readPicks(query, now);
  const { objects, remote } = host.ports;
  const branch = openMonitoring(objects, remote);
  const [setup, monitoring] = [await modelIndex(host).setup(), await branch.tip()];
  const picked = ["version", "from", "to", "window"].map((name) => query.get(name));
  const key = JSON.stringify([model.folder, catalog.commit, setup.commit, monitoring, picked]);
  const known = kept.get(objects) ?? new BoundedMap<string, Promise<Live>>(MOST_KEPT);
  kept.set(objects, known);
  const live = await memoized(known, key, async () => {
    if (setup.commit === undefined) throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet");
    const names = [...new Set([model.displayName, model.name])];
    const project = await loadProject(openCommit(objects, setup.commit), METRIC_RULES, { models: names });
    const snapshot = await readSnapshot(objects, catalog.commit);
    const sources = { project, snapshot, branch, monitoring, at: now, now };
    const standing = await modelStanding(sources, model.record);
    return { model, policy: project.policy, ...shownOf(standing, picks) };
  });
  const { snoozed, ...state } = live.state;
  const holds = snoozed !== undefined && Date.parse(snoozed.until) > now.getTime();
  return { ...live, state: holds ? live.state : state };
}

function shownOf(standing: Awaited<ReturnType<typeof modelStanding>>, picks: Picks) {
  const { record, stage, loaded, windows, state, since, hasEarlier, monitoring } = standing;
  const spec = loaded?.spec.monitor;
  const inOrder = [...windows].sort((a, b) =>
    a.window.from === b.window.from ? a.version - b.version : a.window.from < b.window.from ? -1 : 1,
  );
  const picked = inOrder.filter((each) => isPicked(each, picks));
  const shown = newest(picked);
  const version = picks.version ?? record.stages[stage]?.version;
  const lead = (of: readonly WindowRecord[]) =>
    leadingRecords(of, version === undefined ? undefined : { version, since }, windowLength(spec));
  const leading = lead(shown).map((each) => each.record);
  const last = leading.find(({ window }) => window.from === picks.window) ?? leading.at(-1);
  const upTo = leading.slice(0, last === undefined ? 0 : leading.indexOf(last) + 1);
  const live = lead(inOrder).flatMap((each) => (each.stay === "live" ? [each.record] : []));
  return {
    ...{ stage, spec, state, hasEarlier, monitoring, looks: picked.length, shown, leading, last },
    versions: [...new Set(windows.map((each) => each.version))].sort((a, b) => b - a),
    labelled: upTo.findLast(({ performance }) => performance !== undefined),
    bars: barsSection(live, spec),
  };
}

function newest(windows: readonly WindowRecord[]): WindowRecord[] {
  let tests = 0;
  const first = windows.findLastIndex((each, at) => {
    tests += each.tests.length;
    return windows.length - at > MOST_SHOWN || tests > MOST_TESTS;
  });
  return windows.slice(Math.min(first + 1, Math.max(0, windows.length - 1)));
}
