import type { MovedData } from "../../../schemas/cli-output.ts";
import type { DataLock, LockedFile } from "../../../schemas/data-record.ts";
import { sortedBytewise } from "../../plan/data-lock.ts";
import type { ModelInputs } from "../../plan/inputs.ts";
import { eachOf } from "./at-once.ts";
import { type Fetched, type FetchOptions, fetchFile } from "./fetch.ts";
import type { DataAccess, Places } from "./place.ts";
import { openPlaces } from "./places.ts";
import { type Seen, survey } from "./survey.ts";

export interface LockOptions {
  /** A folder for fetched files, by their sha256. */
  cache: string;
  access: DataAccess;
  /** Bytes of one file; the default is 16 GiB. */
  maxBytes?: number;
}

/**
 * What `slipway lock` writes: each file outside the repository that a model's data name, with its sha256, size and version.
 * Patterns become files here and nowhere else. What is fetched stays in the cache. An entry of `previous` is kept if its version
 * holds. Rejects as the places do, and with DATA_MISSING or DATA_INVALID if a pattern names no file or too many.
 */
export async function lockRemoteData(model: ModelInputs, options: LockOptions, previous?: DataLock): Promise<DataLock> {
  const work = workOf(options);
  const files = (await survey(model, work, previous)).flatMap(({ seen }) => seen);
  const locked = await eachOf(files, async (file) => file.kept ?? pin(file, await read(file, work)));
  return { slipway: 1, files: sortedBytewise(locked) };
}

/**
 * What moved since `previous` was written, by location. Versions and sizes tell, where a place has them; only a file without
 * them is read. Rejects as lockRemoteData does.
 */
export async function checkRemoteData(
  model: ModelInputs,
  options: LockOptions,
  previous: DataLock,
): Promise<MovedData[]> {
  const work = workOf(options);
  const surveyed = await survey(model, work, previous, { gone: true });
  const moved: MovedData[] = [];
  for (const { location, seen, known } of surveyed) {
    const there = new Set(seen.map(({ uri }) => uri.text));
    const isChanged = await eachOf(seen, async (file) => file.known !== undefined && (await differs(file, work)));
    moved.push({
      location,
      added: seen.flatMap(({ uri, known: before }) => (before === undefined ? [uri.text] : [])),
      gone: known.flatMap(({ uri }) => (there.has(uri) ? [] : [uri])),
      changed: seen.flatMap(({ uri }, i) => (isChanged[i] ? [uri.text] : [])),
    });
  }
  // What is pinned for a location that the spec names no more.
  const named = new Set(surveyed.map(({ location }) => location));
  const left = sortedBytewise(previous.files.filter(({ of, uri }) => !named.has(of ?? uri)));
  for (const location of new Set(left.map(({ of, uri }) => of ?? uri)))
    moved.push({
      ...{ location, added: [], changed: [] },
      gone: left.flatMap(({ of, uri }) => ((of ?? uri) === location ? [uri] : [])),
    });
  return moved.filter(({ added, gone, changed }) => added.length + gone.length + changed.length > 0);
}

interface Work extends FetchOptions {
  places: Places;
}

function workOf({ cache, access, maxBytes }: LockOptions): Work {
  return { cache, maxBytes, signal: access.signal, silence: access.silence, places: openPlaces(access) };
}

async function read({ uri }: Seen, { places, cache, maxBytes, signal, silence }: Work): Promise<Fetched> {
  const place = await places(uri);
  return fetchFile(place, uri, {
    ...(uri.scheme === "file" ? {} : { cache }),
    ...{ maxBytes, signal, silence },
  });
}

function pin({ uri, of }: Seen, { sha256, size, version }: Fetched): LockedFile {
  return {
    uri: uri.text,
    ...(of === undefined ? {} : { of }),
    ...{ sha256, size },
    ...(version === undefined ? {} : { version }),
  };
}

/** Whether a file that was pinned is another one by now. */
async function differs(file: Seen, work: Work): Promise<boolean> {
  const { known, now, kept, uri } = file;
  if (known === undefined || kept !== undefined) return false;
  if (now?.size !== undefined && now.size !== known.size) return true;
  const place = await work.places(uri);
  if (place.versions) return true;
  return (await read(file, work)).sha256 !== known.sha256;
}
