import { resolve } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { parseStore, type StoreAddress } from "../../core/stores/address.ts";
import type { Problem } from "../../schemas/problem.ts";

/** The stores that this App may use, as its operator names them, and the repository that asks for one. */
export interface AllowedStores {
  /** As `SLIPWAY_STORES` has them. */
  roots: readonly string[];
  /** GitHub's number for the repository stays through a renaming, and nobody can take it. */
  repository: { id: number; fullName: string };
}

/**
 * Refuses a policy's store that lies below no allowed root, before it is looked at or contacted. Below each root a repository
 * has one place, named by its number, so that no repository can read or overwrite another's bytes; a registry host alone
 * gives each repository the packages of its own name. Resolves to the root of a folder, which alone is trusted to be without
 * links; undefined for other stores. Throws STORE_NOT_ALLOWED.
 */
export function allowedRoot(
  store: StoreAddress,
  { roots, repository }: AllowedStores,
  at: Pick<Problem, "file" | "line" | "column"> = {},
): string | undefined {
  const places = roots.map((root) => ({ root, place: placeIn(root, repository) }));
  const found = places.find(({ place }) => isAt(store, place));
  if (found !== undefined) return store.scheme === "file" ? found.root.slice("file:".length) : undefined;
  throw new SlipwayError("STORE_NOT_ALLOWED", "This App may not use the store that the policy names", {
    ...at,
    expected: places.length === 0 ? "no store" : places.map(({ place }) => placeWords(place)).join(" or "),
    found: placeWords({ uri: store.uri, endpoint: endpointOf(store) }),
    hint: "Name the repository's own place under `artifacts: { store: … }` in slipway.yaml on the default branch, or ask whoever runs the App to allow another one in SLIPWAY_STORES.",
  });
}

/** Whether a text is a root that an operator can allow: `file:/mnt/slipway`, `oci://HOST[/PATH]`, `s3://BUCKET[/PREFIX][?endpoint=URL]`. */
export function isStoreRoot(text: string): boolean {
  // What is compared with a folder is compared as text: it is written in the one way.
  const path = /^file:(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return !path.startsWith("//") && path === resolve(path);
  const { uri, endpoint } = rootOf(text);
  try {
    const address = parseStore({
      uri: hostOnly(uri) ? `${uri}/x` : uri,
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    return address.scheme !== "file" && (hostOnly(uri) ? address.uri === `${uri}/x` : address.uri === uri);
  } catch {
    return false;
  }
}

interface Place {
  uri: string;
  endpoint: string | undefined;
  /** What lies below it is the repository's as well: a container registry has packages, and not folders. */
  below: boolean;
}

function placeIn(root: string, { id, fullName }: AllowedStores["repository"]): Place {
  const { uri, endpoint } = rootOf(root);
  const own = hostOnly(uri) ? fullName.toLowerCase() : String(id);
  return { uri: `${uri}/${own}`, endpoint, below: uri.startsWith("oci:") };
}

function isAt(store: StoreAddress, { uri, endpoint, below }: Place): boolean {
  if (endpointOf(store) !== endpoint) return false;
  return store.uri === uri || (below && store.uri.startsWith(`${uri}/`));
}

function rootOf(root: string): { uri: string; endpoint: string | undefined } {
  const [uri = "", endpoint] = root.split("?endpoint=");
  return { uri, endpoint };
}

function hostOnly(uri: string): boolean {
  return /^oci:\/\/[^/]+$/.test(uri);
}

function endpointOf(store: StoreAddress): string | undefined {
  return store.scheme === "s3" ? store.endpoint : undefined;
}

function placeWords({ uri, endpoint, below = false }: Pick<Place, "uri" | "endpoint"> & { below?: boolean }): string {
  return `${uri}${below ? "[/…]" : ""}${endpoint === undefined ? "" : ` with endpoint ${endpoint}`}`;
}
