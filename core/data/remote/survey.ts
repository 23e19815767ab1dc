import type { DataLock, LockedFile } from "../../../schemas/data-record.ts";
import { SlipwayError } from "../../errors.ts";
import { dataLocations, type ModelInputs } from "../../plan/inputs.ts";
import { type DataUri, dataUri, isSoundPath, shownUri, uriOfMatch } from "../../spec/data-uri.ts";
import { fileFormatOf } from "../../spec/file-format.ts";
import { eachOf } from "./at-once.ts";
import { remotely } from "./failures.ts";
import type { Places, RemoteFile, RemotePlace } from "./place.ts";

const MAX_MATCHES = 10_000;
/** So many names are looked at for a pattern, whatever a server goes on to list. */
const MAX_LISTED = 1_000_000;

/** A file that is there now. */
export interface Seen {
  uri: DataUri;
  of: string | undefined;
  /** Undefined where nobody has looked yet. */
  now: RemoteFile | undefined;
  /** Its entry in the lock before. */
  known: LockedFile | undefined;
  /** The same, where it still holds. */
  kept: LockedFile | undefined;
}

export interface Surveyed {
  location: string;
  known: readonly LockedFile[];
  seen: readonly Seen[];
}

/**
 * What a model's data outside the repository are now, by location of the spec, held against the lock before. Rejects as the
 * places do, and with DATA_MISSING or DATA_INVALID if a pattern names no file or too many; with `gone`, what is not there any
 * more is left out instead.
 */
export async function survey(
  model: ModelInputs,
  { places, signal }: { places: Places; signal?: AbortSignal | undefined },
  previous: DataLock | undefined,
  { gone = false } = {},
): Promise<Surveyed[]> {
  const remote = dataLocations(model).flatMap(({ kind, location }) => (kind === "uri" ? [location] : []));
  const surveyed: Surveyed[] = [];
  for (const location of [...new Set(remote)]) {
    const about = dataUri(location);
    const isPattern = about.pattern !== undefined;
    const known = (previous?.files ?? []).filter(
      (file) => (isPattern ? file.of : file.uri) === location && isPattern === (file.of !== undefined),
    );
    const byUri = new Map(known.map((file) => [file.uri, file]));
    if (!isPattern) fileFormatOf(about.name);
    const place = await places(about);
    const listed: (RemoteFile | undefined)[] = isPattern
      ? await listMatches(about, place, { signal, maybeNone: gone })
      : [undefined];
    const seen = await eachOf(listed, async (now): Promise<Seen | undefined> => {
      const uri = now === undefined ? about : { ...about, ...dataUri(uriOfMatch(about, now.path)), pattern: undefined };
      if (now !== undefined) fileFormatOf(uri.name);
      const before = byUri.get(uri.text);
      const entry = { uri, of: isPattern ? location : undefined, known: before };
      // A list says no version ids: an ETag in the lock is compared with it, and for a version id the file itself is asked.
      if (before?.version !== undefined && before.version === now?.version && before.size === now.size)
        return { ...entry, now, kept: before };
      const isAsked = before?.version !== undefined && !(now !== undefined && before.version.startsWith('"'));
      if (!isAsked && !(gone && now === undefined)) return { ...entry, now, kept: undefined };
      const found = await remotely(uri.text, () => place.look(uri, before)).catch(unlessGone(gone));
      if (found === undefined) return undefined;
      return found === "same" ? { ...entry, now, kept: before } : { ...entry, now: found, kept: undefined };
    });
    surveyed.push({ location, known, seen: seen.filter((file) => file !== undefined) });
  }
  return surveyed;
}

function unlessGone(gone: boolean): (error: unknown) => undefined {
  return (error) => {
    if (gone && error instanceof SlipwayError && error.code === "DATA_MISSING") return undefined;
    throw error;
  };
}

/** The files of a place that a pattern names, in any order. Rejects with DATA_MISSING if there is none, unless there need not be. */
export async function listMatches(
  about: DataUri,
  place: RemotePlace,
  { signal, maybeNone }: { signal: AbortSignal | undefined; maybeNone: boolean },
): Promise<RemoteFile[]> {
  const { pattern, text } = about;
  if (pattern === undefined || place.list === undefined) throw new TypeError(`${about.scheme}: has no patterns`);
  const found: RemoteFile[] = [];
  let listed = 0;
  const take = async () => {
    for await (const file of place.list?.(pattern.start) ?? []) {
      signal?.throwIfAborted();
      listed += 1;
      if (listed > MAX_LISTED) throw tooMany(text, `${MAX_LISTED} names to look at`, "Name a longer beginning.");
      if (!pattern.test(file.path)) continue;
      if (!isSoundPath(file.path))
        throw new SlipwayError("DATA_INVALID", `${shownUri(text)} names a file whose name cannot be shown.`, {
          expected: "names without control characters, and without the folders . and ..",
          found: JSON.stringify(file.path.slice(0, 200)),
        });
      found.push(file);
      if (found.length > MAX_MATCHES)
        throw tooMany(text, `${MAX_MATCHES} files`, "Put them together into larger ones.");
    }
  };
  await remotely(text, take);
  if (found.length > 0 || maybeNone) return found;
  throw new SlipwayError("DATA_MISSING", `${shownUri(text)} names no file.`, {
    expected: "a pattern or prefix that names a file",
    found: `none among ${listed} that begin with ${JSON.stringify(pattern.start.slice(0, 200))}`,
    hint: "A wildcard that is meant literally stands in brackets: [*], [?], [[].",
  });
}

function tooMany(text: string, most: string, hint: string): SlipwayError {
  return new SlipwayError("DATA_INVALID", `${shownUri(text)} names too much.`, {
    expected: `at most ${most}`,
    found: "more",
    hint,
  });
}
