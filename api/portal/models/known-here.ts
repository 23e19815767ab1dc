import { SlipwayError } from "../../../core/errors.ts";
import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import type { PageRequest, Redirect } from "../request/page.ts";
import { pathTo } from "../view/links.ts";

/**
 * The model that an address names; by a name that it had before, the way to the one that it has. `below` is the address below the
 * model's. Throws MODEL_UNKNOWN.
 */
export function knownHere(
  { host, params, query }: PageRequest,
  catalog: Catalog,
  below: readonly string[] = [],
): CatalogModel | Redirect {
  const name = params["model"] ?? "";
  const model = catalog.find(name);
  if (model === undefined)
    throw new SlipwayError("MODEL_UNKNOWN", "There is no such model", {
      hint: "Its name may be spelt otherwise: the list of models can be searched.",
    });
  if (model.displayName === name) return model;
  return { to: pathTo(host, ["m", model.displayName, ...below], Object.fromEntries(query)) };
}
