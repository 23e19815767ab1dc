import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LockedFile } from "../../../schemas/data-record.ts";
import { dataUri } from "../../spec/data-uri.ts";
import { changed, missing } from "./failures.ts";
import { fetchFile } from "./fetch.ts";
import { filePlace } from "./file.ts";
import type { Places } from "./place.ts";

/** A pinned file whose bytes are on this disk. */
export interface PinnedFile {
  /** The URI, as records name it. */
  path: string;
  /** The path of the URI, which its format is read from. */
  name: string;
  /** Where its bytes are. */
  file: string;
  version: string | undefined;
}

/**
 * Where a pinned file's bytes are, fetched if the cache has not got them. The version that was pinned is asked for, and the
 * bytes count by their digest. Rejects with DATA_CHANGED, DATA_MISSING or REMOTE_FAILED.
 */
export async function pinnedFile(
  pin: LockedFile,
  { cache, places, signal }: { cache: string; places: Places; signal?: AbortSignal | undefined },
): Promise<PinnedFile> {
  const uri = dataUri(pin.uri);
  const kept = { path: pin.uri, name: uri.name, version: pin.version };
  if (uri.scheme === "file") {
    await checkHere(pin, signal);
    return { ...kept, file: uri.path };
  }
  const file = join(cache, pin.sha256);
  if (await holds(file, pin, signal)) return { ...kept, file };
  await rm(file, { force: true });
  const place = await places(uri);
  const version = place.versions ? pin.version : undefined;
  const found = await fetchFile(place, uri, { cache, maxBytes: pin.size, version, signal }).catch((error) => {
    throw error?.code === "FILE_TOO_LARGE" ? changed(pin.uri, `${pin.size} bytes`, "more") : error;
  });
  if (found.sha256 === pin.sha256) return { ...kept, file };
  // What was not asked for stays nowhere.
  await rm(join(cache, found.sha256), { force: true });
  throw changed(pin.uri, `sha256 ${pin.sha256}`, `sha256 ${found.sha256}`);
}

/**
 * A spec may name any file of the machine that runs it. So nothing is told of one but whether it is what its author has
 * pinned, who then knows its bytes already: its size is compared before it is read, and no digest is shown.
 */
async function checkHere(pin: LockedFile, signal: AbortSignal | undefined): Promise<void> {
  const uri = dataUri(pin.uri);
  const about = await lstat(uri.path).catch(() => undefined);
  if (!about?.isFile()) throw missing({ text: pin.uri });
  const isSame =
    about.size === pin.size && (await fetchFile(filePlace, uri, { maxBytes: pin.size, signal })).sha256 === pin.sha256;
  if (!isSame) throw changed(pin.uri, `sha256 ${pin.sha256}`);
}

async function holds(file: string, pin: LockedFile, signal: AbortSignal | undefined): Promise<boolean> {
  const about = await lstat(file).catch(() => undefined);
  if (!about?.isFile() || about.size !== pin.size) return false;
  const found = await fetchFile(
    filePlace,
    { scheme: "file", text: file, host: "", path: file, name: file },
    { signal },
  );
  return found.sha256 === pin.sha256;
}
