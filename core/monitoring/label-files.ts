import { lstat, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Sha256 } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";
import { eachOf } from "../data/remote/at-once.ts";
import { remotely } from "../data/remote/failures.ts";
import { fetchFile } from "../data/remote/fetch.ts";
import type { DataAccess, Places, RemoteFile } from "../data/remote/place.ts";
import { openPlaces } from "../data/remote/places.ts";
import { listMatches } from "../data/remote/survey.ts";
import { SlipwayError } from "../errors.ts";
import { type DataUri, dataUri, shownUri, uriOfMatch } from "../spec/data-uri.ts";

/** A file of labels as it is now. */
interface LabelFile {
  uri: DataUri;
  /** As it may be shown: without what a query hides. */
  shown: string;
  /** What tells its content; undefined where its place says no version. */
  key: string | undefined;
}

export interface LabelFiles {
  /** Over the names of all files, and what tells their content. */
  digest: Sha256;
  files: { shown: string; name: string; path: string }[];
}

/**
 * The files that `monitor.labels` names: a URI, or a path or pattern from the repository's folder `root`. None where nothing has
 * come yet. What lies elsewhere is fetched by `bring` alone, and kept in `cache` until it changes. Rejects as the places do.
 */
export async function findLabelFiles(
  location: string,
  { root, cache, access }: { root: string; cache: string; access: DataAccess },
): Promise<{ digest: Sha256; count: number; bring(): Promise<LabelFiles["files"]> }> {
  const about = locationUri(location, root);
  const places = openPlaces(access);
  const files = await listed(about, places, access);
  const named = files.map(({ uri, key }) => `${uri.text}\n${key ?? ""}\n`).sort();
  // Of a file whose place tells no version its bytes alone say whether it is the same.
  const unsure = files.filter(({ key }) => key === undefined);
  const fetched = new Map<LabelFile, string>();
  for (const file of unsure) fetched.set(file, await bringOne(file, { places, cache, access }));
  return {
    digest: sha256([...named, ...fetched.values()].join("")),
    count: files.length,
    bring: () =>
      eachOf(files, async (file) => {
        const path = fetched.get(file) ?? (await bringOne(file, { places, cache, access }));
        return { shown: file.shown, name: file.uri.name, path };
      }),
  };
}

/** Rejects with UNSUPPORTED for what is neither a path below the repository nor a URI. */
function locationUri(location: string, root: string): DataUri {
  if (/^[a-z][a-z0-9+.-]+:/i.test(location)) return dataUri(location);
  if (location.startsWith("/") || location.split("/").includes(".."))
    throw new SlipwayError("POLICY_INVALID", `monitor.labels names ${JSON.stringify(location.slice(0, 200))}`, {
      expected: "a path below the repository's folder, or a URI: file:///…, s3://…, https://…, oci://…",
      found: location.slice(0, 200),
    });
  const folder = root.split("/").map((name) => encodeURIComponent(name).replaceAll("*", "%2A"));
  return dataUri(
    `file://${folder.join("/")}/${location.replace(/^\.\//, "").replaceAll("%", "%25").replaceAll("#", "%23")}`,
  );
}

async function listed(about: DataUri, places: Places, { signal }: DataAccess): Promise<LabelFile[]> {
  const place = await places(about);
  const toFile = async (uri: DataUri, now: RemoteFile | undefined): Promise<LabelFile> => {
    const known = now?.version === undefined ? await remotely(uri.text, () => place.look(uri)) : now;
    const found = known === "same" ? now : known;
    const key = uri.scheme === "file" ? await keyHere(uri) : found?.version && `${found.version} ${found.size ?? ""}`;
    return { uri, shown: shownUri(uri.text), key };
  };
  if (about.pattern === undefined) {
    try {
      return [await toFile(about, undefined)];
    } catch (error) {
      // Labels come later: that none is there yet is nothing wrong.
      if (error instanceof SlipwayError && error.code === "DATA_MISSING") return [];
      throw error;
    }
  }
  const matches = await listMatches(about, place, { signal, maybeNone: true });
  const found = await eachOf(matches, async (now) => {
    const uri = { ...about, ...dataUri(uriOfMatch(about, now.path)), pattern: undefined };
    return toFile(uri, now);
  });
  return found.sort((a, b) => (a.uri.text < b.uri.text ? -1 : 1));
}

/** A file of this machine is another one where its size or the moment of its last change is. */
async function keyHere({ path }: DataUri): Promise<string> {
  const about = await lstat(path).catch(() => undefined);
  return `${about?.size ?? ""} ${about?.mtimeMs ?? ""}`;
}

async function bringOne(
  { uri, key }: LabelFile,
  { places, cache, access }: { places: Places; cache: string; access: DataAccess },
): Promise<string> {
  if (uri.scheme === "file") return uri.path;
  const folder = join(cache, "labels", sha256(`${uri.text}\n${key ?? ""}`));
  await mkdir(folder, { recursive: true });
  const kept = key === undefined ? [] : (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  if (kept[0] !== undefined) return join(folder, kept[0]);
  const found = await fetchFile(await places(uri), uri, {
    cache: folder,
    signal: access.signal,
    silence: access.silence,
  });
  return join(folder, found.sha256);
}
