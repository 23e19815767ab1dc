import { modelStanding, type StandingSources } from "../../../core/acts/monitor-states.ts";
import { METRIC_RULES } from "../../../core/acts/project.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { openMonitoring } from "../../../core/monitoring/open-branch.ts";
import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import { MODELS_FOLDER } from "../../../core/registry/paths.ts";
import { readSnapshot, treesOf } from "../../../core/registry/snapshot.ts";
import { stateWords } from "../../../core/report/monitor-report.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { loadProject } from "../../../core/spec/project.ts";
import type { MonitorState } from "../../../schemas/monitoring.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PortalHost } from "../request/host.ts";
import type { Setup } from "./setup.ts";

/** Where a model stands by what monitoring counted. */
export interface Standing {
  state: MonitorState["state"];
  /** `version 3 is alarmed since 2026-03-14: 2 alarms`. */
  words: string;
}

/** Where models stand, as far as it was counted; another value once more is known. */
export interface Standings {
  /** Undefined of a model that was never looked at, or whose records cannot be read. */
  of(model: CatalogModel): Standing | undefined;
  /** How many models are being counted anew. */
  pending: number;
}

interface Counted {
  key: string;
  standing: Standing | undefined;
}

/** So few are counted before a page is answered; of more, the page says that they are being counted. */
const FEW = 10;
const BATCH = 20;

const NONE: Standings = { of: () => undefined, pending: 0 };

/**
 * Standings follow from windows, of which a model may have thousands: each is counted once for a state of its folder on the
 * branch `monitoring`, of what is live and of its spec, one model after another and beside the pages that wait for nothing.
 */
export function standings({ ports }: Pick<PortalHost, "ports">) {
  const { objects, remote } = ports;
  const branch = openMonitoring(objects, remote);
  const counted = new Map<string, Counted>();
  let folders: { tip: CommitId | undefined; byModel: ReadonlyMap<string, string> } = {
    tip: undefined,
    byModel: new Map(),
  };
  let last: { about: readonly unknown[]; value: Standings } = { about: [], value: NONE };
  let counting: Promise<void> | undefined;

  async function foldersAt(tip: CommitId): Promise<ReadonlyMap<string, string>> {
    if (folders.tip !== tip) folders = { tip, byModel: await modelFolders(tip) };
    return folders.byModel;
  }

  async function modelFolders(tip: CommitId): Promise<ReadonlyMap<string, string>> {
    const shards = ((await objects.tree(`${tip}:${MODELS_FOLDER}`)) ?? []).filter(({ mode }) => mode === "40000");
    return new Map((await treesOf(objects, shards)).flat().map(({ name, id }) => [name, id]));
  }

  async function count(
    stale: readonly (readonly [CatalogModel, string])[],
    catalog: Catalog,
    setup: Setup,
    tip: CommitId,
  ) {
    const snapshot = await readSnapshot(objects, catalog.commit);
    for (let from = 0; from < stale.length; from += BATCH) {
      const batch = stale.slice(from, from + BATCH);
      const names = batch.flatMap(([{ name, displayName }]) => [...new Set([displayName, name])]);
      const project = await loadProject(openCommit(objects, setup.commit as CommitId), METRIC_RULES, { models: names });
      const now = ports.clock();
      for (const [model, key] of batch) {
        const standing = await standingOf({ project, snapshot, branch, monitoring: tip, at: now, now }, model);
        counted.set(model.name, { key, standing });
      }
      last = { about: [], value: NONE };
    }
  }

  async function at(catalog: Catalog, setup: Setup): Promise<Standings> {
    const tip = await branch.tip();
    if (tip === undefined || setup.commit === undefined) return NONE;
    const about = [tip, catalog.models, setup.commit];
    if (about.every((each, n) => each === last.about[n])) return last.value;
    const byModel = await foldersAt(tip);
    const stage = setup.stages.at(-1) ?? "";
    const stale = catalog.models.flatMap((model): (readonly [CatalogModel, string])[] => {
      const folder = byModel.get(model.name);
      if (folder === undefined) return [];
      const key = [folder, model.record.stages[stage]?.decision, setup.folder(model)].join(" ");
      return counted.get(model.name)?.key === key ? [] : [[model, key]];
    });
    if (stale.length > 0) {
      counting ??= count(stale, catalog, setup, tip).finally(() => {
        counting = undefined;
      });
      if (stale.length <= FEW) {
        await counting;
        return at(catalog, setup);
      }
      counting.catch(() => {});
    }
    const value: Standings = { of: ({ name }) => counted.get(name)?.standing, pending: stale.length };
    if (stale.length === 0) last = { about, value };
    return value;
  }
  return at;
}

async function standingOf(sources: StandingSources, { record }: CatalogModel): Promise<Standing | undefined> {
  try {
    const { state, windows } = await modelStanding(sources, record);
    return windows.length === 0 ? undefined : { state: state.state, words: stateWords(state) };
  } catch (error) {
    // What the branch holds there is for `verify` to name: the list of models is shown without it.
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}
