import { realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import type { DataLock } from "../../schemas/data-record.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import { SlipwayError } from "../errors.ts";
import { pinnedFiles } from "../plan/data-lock.ts";
import { locateData } from "../plan/inputs.ts";
import type { SourceTree } from "../source/tree.ts";
import type { Source } from "./copies.ts";
import { type Located, locate } from "./locate.ts";
import { eachOf } from "./remote/at-once.ts";
import { type PinnedFile, pinnedFile } from "./remote/pinned.ts";
import type { DataAccess } from "./remote/place.ts";
import { openPlaces } from "./remote/places.ts";

const MAX_FILES = 10_000;

export interface SourcesRequest {
  /** `folder` is the spec's, relative to the repository's root; `tree` says which files there are. */
  model: { folder: string; spec: ModelSpec; tree: SourceTree };
  /** The folder where the data files' bytes are, at their paths: a work tree, or an export. */
  root: string;
  /** A folder for fetched files, by their sha256. */
  cache: string;
  /** `data.lock.json` beside the spec. */
  lock?: DataLock;
  signal?: AbortSignal;
  /** Opens `data.labels` and joins them to the test rows; otherwise none of their bytes is read for rows. */
  opensLabels?: boolean | undefined;
  /** How pinned files are fetched. */
  access: DataAccess;
}

/**
 * The files of each role that are read, in the spec's order; what lies outside the repository is fetched. Labels that are apart
 * are left out unless `opensLabels` says so. Rejects as locateData, pinnedFiles and pinnedFile do.
 */
export async function locateSources(request: SourcesRequest): Promise<Source[]> {
  const { root, model } = request;
  const { env, labelsEnv = env } = request.access;
  const places = openPlaces(request.access);
  const labelPlaces = openPlaces({ ...request.access, env: labelsEnv });
  const sources = new Map<Source["role"], Located[]>();
  for (const { role, kind, location, paths } of await locateData(model, model.tree)) {
    if (role === "labels" && !request.opensLabels) continue;
    const files = sources.get(role) ?? [];
    if (kind === "uri") {
      const pins = pinnedFiles(request.lock, location);
      const about = { cache: request.cache, places: role === "labels" ? labelPlaces : places, signal: request.signal };
      const fetched = await eachOf(pins, (pin) => pinnedFile(pin, about));
      for (const file of fetched) files.push({ ...file, remote: await isOutside(root, file) });
    }
    for (const path of paths) files.push(await locate(root, path));
    if (files.length > MAX_FILES)
      throw new SlipwayError("DATA_UNREADABLE", `data.${role} names more than ${MAX_FILES} files.`);
    sources.set(role, files);
  }
  return [...sources].map(([role, files]) => ({ role, files }));
}

/** A file: URI may name a file of the repository itself, which user code can read like any other. What was fetched may lie anywhere. */
async function isOutside(root: string, pinned: PinnedFile): Promise<boolean> {
  if (!pinned.path.startsWith("file:")) return true;
  const way = relative(root, await realpath(pinned.file));
  return way.startsWith(`..${sep}`) || isAbsolute(way);
}
