import type { Catalog, CatalogModel, Catalogs } from "../../../core/registry/catalog.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PromotionRequest } from "../../../schemas/promotion-request.ts";
import type { PortalHost } from "../request/host.ts";
import { defaultTips } from "./default-tip.ts";
import { listedVersions } from "./listed-version.ts";
import { type NewestVersion, newestVersion } from "./newest-version.ts";
import { pullsByModel } from "./pulls.ts";
import { type Setup, setups } from "./setup.ts";
import { type Standings, standings } from "./standings.ts";
import { waitingRequests } from "./waiting-requests.ts";

/** A model with what lists show of it. Equal for as long as nothing in its folder changes. */
export interface IndexedModel {
  readonly model: CatalogModel;
  /** Undefined if no version is registered, or its record cannot be read. */
  readonly newest: NewestVersion | undefined;
  /** Requests that wait for approvals, newest last. */
  readonly waiting: readonly PromotionRequest[];
}

/** What pages know of all models at once: read once, and again where something changed. */
export interface ModelIndex {
  /** In the catalog's order, as one value for as long as the catalog's models are the same. */
  models(catalog: Catalog): Promise<readonly IndexedModel[]>;
  /** What the default branch says. */
  setup(): Promise<Setup>;
  /** What monitoring found. */
  standings(catalog: Catalog): Promise<Standings>;
  /** The pull requests whose runs reported of a model, by its name in specs, the newest first. */
  pulls(): Promise<ReadonlyMap<string, readonly number[]>>;
}

const CHUNK = 500;
const indexes = new WeakMap<Catalogs, ModelIndex>();

/** The index of a host's registry: one for as long as its catalogs are in memory. */
export function modelIndex(host: Pick<PortalHost, "catalogs" | "ports">): ModelIndex {
  const known = indexes.get(host.catalogs);
  if (known !== undefined) return known;
  const made = openIndex(host);
  indexes.set(host.catalogs, made);
  return made;
}

/** Reads all of it before somebody waits for a page. */
export async function readAhead(host: PortalHost): Promise<void> {
  const index = modelIndex(host);
  const catalog = await host.catalogs.at(await host.tip());
  await Promise.all([index.models(catalog), index.setup()]);
}

function openIndex({ ports }: Pick<PortalHost, "ports">): ModelIndex {
  const { objects } = ports;
  const indexed = new WeakMap<CatalogModel, IndexedModel>();
  const lists = new WeakMap<readonly CatalogModel[], readonly IndexedModel[]>();
  const tip = defaultTips({ ports });
  const setupAt = setups(objects);
  const standingsAt = standings({ ports });
  let reading: Promise<unknown> = Promise.resolve();

  async function read({ commit, models }: Catalog): Promise<readonly IndexedModel[]> {
    const known = lists.get(models);
    if (known !== undefined) return known;
    const missing = models.filter((model) => !indexed.has(model));
    for (let from = 0; from < missing.length; from += CHUNK) {
      const chunk = missing.slice(from, from + CHUNK);
      for (const each of await indexedModels(commit as CommitId, chunk)) indexed.set(each.model, each);
    }
    const list = models.flatMap((model) => indexed.get(model) ?? []);
    lists.set(models, list);
    return list;
  }

  async function indexedModels(commit: CommitId, models: readonly CatalogModel[]): Promise<IndexedModel[]> {
    const versions = models.map((model) => ({ model, version: model.record.latest_version }));
    const newest = await listedVersions(objects, versions);
    const waiting = await waitingRequests(objects, commit, models);
    return models.map((model, at) => {
      const shown = newest[at];
      return { model, newest: shown && newestVersion(shown), waiting: waiting[at] ?? [] };
    });
  }

  const setup = async () => setupAt(await tip());
  return {
    async models(catalog) {
      const known = lists.get(catalog.models);
      if (known !== undefined) return known;
      const turn = reading.then(() => read(catalog));
      reading = turn.catch(() => {});
      return turn;
    },
    setup,
    standings: async (catalog) => standingsAt(catalog, await setup()),
    pulls: pullsByModel({ ports }),
  };
}
