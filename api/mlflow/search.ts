import { BoundedMap } from "../../core/bounded-map.ts";
import type { Catalog, CatalogModel } from "../../core/registry/catalog.ts";
import type { CatalogVersion } from "../../core/registry/catalog-versions.ts";
import type { FilterClause } from "../../core/search/clause.ts";
import { parseFilter } from "../../core/search/filter.ts";
import { findModels, ownTag } from "../../core/search/find-models.ts";
import { compileFilter } from "../../core/search/match.ts";
import { type OrderKey, parseOrder } from "../../core/search/order.ts";
import { formatPageToken, parsePageToken } from "../../core/search/page.ts";
import { firstAfter, inOrder, type Results } from "../../core/search/results.ts";
import type { MlflowHost, RouteHandler } from "./host.ts";
import { latestVersions, newest, shownModel } from "./look-up.ts";
import { countParam, optionalText, type Sent, texts } from "./params.ts";
import { isSeen } from "./stages.ts";
import { modelJson, shownRunId, sourceOf, updatedAt, versionJson } from "./wire.ts";

const MODELS = { standard: 100, most: 1_000 };
const VERSIONS = { standard: 10_000, most: 200_000 };
/** How many searches' results are kept for their next pages. */
const MAX_RESULTS = 32;

interface Found {
  model: CatalogModel;
  version: CatalogVersion;
}

/** Searches. The results of the last ones are held, since clients walk them page by page. */
export function searches(): Readonly<Record<string, RouteHandler>> {
  const models = new BoundedMap<string, Promise<Results<CatalogModel>>>(MAX_RESULTS);
  const versions = new BoundedMap<string, Promise<Results<Found>>>(MAX_RESULTS);
  return {
    "GET registered-models/search": async (host, { sent }) => {
      const search = read(sent, "models", MODELS);
      const page = await pageOf(host, search, models, async ({ models: all }) =>
        findModels(
          all.filter(({ record }) => isSeen(record)),
          search.comparisons,
          search.order,
        ),
      );
      const shown = page.items.map(async (model) => {
        const seen = await shownModel(page.catalog, model);
        const latest = await latestVersions(page.catalog, seen);
        return modelJson(
          seen,
          latest.map((version) => versionJson(seen, version, false)),
        );
      });
      return answer("registered_models", await Promise.all(shown), page.next);
    },

    "GET model-versions/search": async (host, { sent }) => {
      const search = read(sent, "versions", VERSIONS);
      const page = await pageOf(host, search, versions, (catalog) =>
        findVersions(catalog, search.comparisons, search.order),
      );
      const shown = page.items.map(async ({ model, version }) =>
        versionJson(await shownModel(page.catalog, model), version),
      );
      return answer("model_versions", await Promise.all(shown), page.next);
    },
  };
}

interface Search {
  filter: string;
  comparisons: FilterClause[];
  order: OrderKey[];
  limit: number;
  token: string | undefined;
}

function read(sent: Sent, searched: "models" | "versions", limits: { standard: number; most: number }): Search {
  const filter = optionalText(sent, "filter") ?? "";
  return {
    filter,
    comparisons: parseFilter(filter, searched),
    order: parseOrder(texts(sent, "order_by"), searched),
    limit: countParam(sent, "max_results", limits),
    token: optionalText(sent, "page_token") || undefined,
  };
}

/** One page; a token's page is of the registry as the first page saw it, for as long as that is in memory. */
async function pageOf<Item>(
  host: MlflowHost,
  { filter, order, limit, token }: Search,
  kept: BoundedMap<string, Promise<Results<Item>>>,
  find: (catalog: Catalog) => Promise<Results<Item>>,
): Promise<{ catalog: Catalog; items: readonly Item[]; next: string | undefined }> {
  const start = token === undefined ? undefined : parsePageToken(token, order);
  const catalog = (start && host.catalogs.kept(start.commit)) ?? (await newest(host));
  const { commit } = catalog;
  if (commit === undefined) return { catalog, items: [], next: undefined };
  const key = JSON.stringify([commit, filter, order]);
  const known = kept.get(key) ?? find(catalog);
  kept.set(key, known);
  const { items, keys } = await known.catch((error: unknown) => {
    kept.delete(key);
    throw error;
  });
  const from = start === undefined ? 0 : start.after ? firstAfter(keys, order, start.after) : start.offset;
  const last = keys[from + limit - 1];
  const more = from + limit < items.length && last !== undefined;
  return {
    catalog,
    items: items.slice(from, from + limit),
    next: more ? formatPageToken({ commit, after: last, offset: from + limit }, order) : undefined,
  };
}

async function findVersions(
  catalog: Catalog,
  comparisons: readonly FilterClause[],
  order: readonly OrderKey[],
): Promise<Results<Found>> {
  const matches = compileFilter(comparisons);
  const named = comparisons.find(
    ({ type, key, comparator }) => type === "attribute" && key === "name" && comparator === "=",
  );
  const only = named === undefined ? undefined : catalog.find(String(named.value));
  const models = named === undefined ? catalog.models : only === undefined ? [] : [only];
  const found: Found[] = [];
  for (const model of models) {
    const { record } = model;
    if (!isSeen(record)) continue;
    const numbers = Array.from({ length: record.latest_version }, (_, at) => at + 1);
    const seen = numbers.filter((number) => isSeen(record, number));
    for (const version of await Promise.all(seen.map((number) => catalog.version(model, number))))
      if (version !== undefined && matches(searchable(model, version))) found.push({ model, version });
  }
  return inOrder(found, order, ({ model, version }, key) => {
    if (key === "name") return model.displayName;
    if (key === "version_number") return version.facts.version;
    return key === "creation_timestamp" ? version.facts.registered_at : updatedAt(model.record, version);
  });
}

function searchable(model: CatalogModel, version: CatalogVersion) {
  const { facts, metadata } = version;
  return {
    attribute(key: string) {
      if (key === "name") return model.displayName;
      if (key === "version_number") return facts.version;
      return key === "run_id" ? shownRunId(model, version) : sourceOf(model, version);
    },
    tag: (key: string) => ownTag(metadata?.tags ?? {}, key),
  };
}

function answer(name: string, items: readonly object[], next: string | undefined): object {
  return { ...(items.length > 0 ? { [name]: items } : {}), ...(next === undefined ? {} : { next_page_token: next }) };
}
