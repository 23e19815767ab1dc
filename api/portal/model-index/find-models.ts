import { BoundedMap } from "../../../core/bounded-map.ts";
import { parseFilter } from "../../../core/search/filter.ts";
import type { Searchable } from "../../../core/search/match.ts";
import { search } from "../../../core/search/search.ts";
import { parseSort } from "../../../core/search/sort.ts";
import type { IndexedModel } from "./open-index.ts";
import type { Setup } from "./setup.ts";
import type { Standings } from "./standings.ts";

/** All models at one moment, with what they can be searched by. */
export interface Listing {
  models: readonly IndexedModel[];
  setup: Setup;
  standings: Standings;
}

const MOST_SEARCHES = 50;
const MOST_WORDS = 500;
const searches = new WeakMap<Listing["models"], { of: Listing; found: BoundedMap<string, Listing["models"]> }>();

/**
 * The models that a filter finds, in order: both as `core/search` reads them. The pages of one search, and who looks at the same, share
 * its result. Throws SEARCH_INVALID.
 */
export function findModels(listing: Listing, filter: string, sort: string): readonly IndexedModel[] {
  const clauses = parseFilter(filter, "catalog");
  // They are in the order of their names already.
  const order = sort === "" ? [] : parseSort(sort, "catalog");
  if (clauses.length === 0 && order.length === 0) return listing.models;
  const found = resultsOf(listing);
  const key = JSON.stringify([filter, sort]);
  const known = found.get(key);
  if (known !== undefined) return known;
  const models = search(listing.models, (each) => searchable(each, listing), clauses, order);
  if (key.length <= MOST_WORDS) found.set(key, models);
  return models;
}

function resultsOf(of: Listing): BoundedMap<string, Listing["models"]> {
  const known = searches.get(of.models);
  if (known?.of.setup === of.setup && known.of.standings === of.standings) return known.found;
  const found = new BoundedMap<string, Listing["models"]>(MOST_SEARCHES);
  searches.set(of.models, { of, found });
  return found;
}

/** What a filter's names mean of a model. */
export function searchable(
  { model, newest, waiting }: IndexedModel,
  { setup, standings }: Omit<Listing, "models">,
): Searchable {
  const { record, displayName } = model;
  return {
    attribute(key) {
      switch (key) {
        case "name":
          return displayName;
        case "stage":
          return Object.keys(record.stages);
        case "owner":
          return setup.owner(model);
        case "state":
          return statesOf({ model, waiting }, standings);
        case "version":
        case "versions":
          return record.latest_version;
        case "last_updated_timestamp":
          return Date.parse(record.updated_at);
        default:
          return undefined;
      }
    },
    tag: (key) => (Object.hasOwn(record.tags, key) ? record.tags[key] : undefined),
    metric: (key) => newest?.metrics.get(key),
  };
}

/** Every word for where a model stands: monitoring's, and those of what is open. */
export function statesOf({ model, waiting }: Pick<IndexedModel, "model" | "waiting">, standings: Standings): string[] {
  const { record } = model;
  const standing = standings.of(model);
  return [
    ...(standing === undefined ? [] : [standing.state]),
    ...(record.hold === undefined ? [] : ["held"]),
    ...(record.deprecated === undefined ? [] : ["deprecated"]),
    ...(waiting.length === 0 ? [] : ["waiting"]),
    ...(Object.keys(record.rollouts ?? {}).length === 0 ? [] : ["rolling-out"]),
    ...(Object.keys(record.stages).length === 0 ? [] : ["live"]),
  ];
}
