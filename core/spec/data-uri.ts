import { SlipwayError } from "../errors.ts";
import { isLoopback, isOwnAddress } from "../stores/address.ts";
import { type UriPattern, uriPattern } from "./uri-pattern.ts";

export type DataScheme = "https" | "file" | "s3" | "oci";

/** A URI that a spec names data by, taken apart. */
export interface DataUri {
  scheme: DataScheme;
  /** As the spec says it, which is how records name it. */
  text: string;
  /** The host of https: and oci:, the bucket of s3:; empty for file:. */
  host: string;
  /** The file's path (file:), key (s3:), repository with tag or digest (oci:), or path with query (https:). Unencoded, but for https:. */
  path: string;
  /** What the format is read from; for a pattern, from the names of its files. */
  name: string;
  /** Present where it names any number of files. */
  pattern?: UriPattern | undefined;
}

const MAX_URI = 4_096;

/**
 * Takes a URI apart: `https://HOST/PATH`, `file:///PATH`, `s3://BUCKET/KEY`, `oci://HOST/REPOSITORY:TAG#TITLE` or
 * `…@sha256:DIGEST#TITLE`. Rejects with UNSUPPORTED what is none of them, and what names a user, climbs with `..`, or leads to
 * this machine itself or its cloud's metadata.
 */
export function dataUri(text: string): DataUri {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? "";
  if (!isPlain(text) || text.length > MAX_URI) throw refused(text, `at most ${MAX_URI} characters, none for control`);
  const read = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme as DataScheme] : undefined;
  if (read === undefined)
    throw refused(text, "https:, file:, s3: or oci:", "Name the file by one of these, or put it into the repository.");
  return { scheme: scheme as DataScheme, text, ...read(text) };
}

/** A URI as logs may show it: a query may hold a signature that is a secret. */
export function shownUri(uri: string): string {
  const shown = uri.replace(/\/\/[^/@]*@/, "//…@");
  return /^https?:/i.test(shown) ? shown.replace(/[?#].*$/s, "?…") : shown;
}

/** The URI of a file that a pattern names, by its path or key. */
export function uriOfMatch(pattern: DataUri, path: string): string {
  return pattern.scheme === "file" ? fileUri(path) : `${pattern.scheme}://${pattern.host}/${path}`;
}

/** Whether a URI is one that `uriOfMatch` gives for a file that the pattern names. */
export function isMatch(pattern: DataUri, uri: string): boolean {
  const start = pattern.scheme === "file" ? "file://" : `${pattern.scheme}://${pattern.host}/`;
  if (!uri.startsWith(start)) return false;
  const rest = uri.slice(start.length);
  const path = pattern.scheme === "file" ? decodedOrNone(rest) : rest;
  return (
    path !== undefined && isSoundPath(path) && pattern.pattern?.test(path) === true && uriOfMatch(pattern, path) === uri
  );
}

/** Whether no name on the way is `.` or `..`, and nothing in it could confuse a terminal or a log. */
export function isSoundPath(path: string): boolean {
  return isPlain(path) && !path.split("/").some((name) => name === "." || name === "..");
}

type Parts = Omit<DataUri, "scheme" | "text">;

const SCHEMES: Record<DataScheme, (text: string) => Parts> = {
  https: (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || url.username || url.password) throw refused(text, "https: without a user name");
    if (isOwnAddress(url.hostname))
      throw refused(text, "a host other than this machine itself or its cloud's metadata");
    return { host: url.host, path: url.pathname + url.search, name: url.pathname };
  },
  file: (text) => {
    const raw = /^file:(?:\/\/)?(\/(?!\/).*)$/is.exec(text)?.[1];
    if (raw === undefined || raw.includes("#")) throw refused(text, "file:///PATH, with %23 for #");
    if (decodedOrNone(raw) === undefined) throw refused(text, "file:///PATH, with %25 for %");
    const path = decodeURIComponent(raw);
    if (!isSoundPath(path)) throw refused(text, "a path without `..`");
    return { host: "", path, name: path, pattern: uriPattern(raw, decodeURIComponent) };
  },
  s3: (text) => {
    const [, bucket = "", key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*)$/is.exec(text) ?? [];
    if (key === undefined || bucket !== bucket.toLowerCase())
      throw refused(text, "s3://BUCKET/KEY, or a prefix s3://BUCKET/FOLDER/");
    if (!isSoundPath(key)) throw refused(text, "a key without `..`");
    return { host: bucket, path: key, name: key, pattern: uriPattern(key, (part) => part) };
  },
  oci: (text) => {
    const [, host, repository, title] =
      /^oci:\/\/([a-z0-9.:[\]-]+)\/([a-z0-9][a-z0-9._/-]*(?::\w[\w.-]{0,127}|@sha256:[0-9a-f]{64}))#(.+)$/.exec(text) ??
      [];
    if (host === undefined || repository === undefined || title === undefined || !isSoundPath(title))
      throw refused(text, "oci://HOST/REPOSITORY:TAG#TITLE or oci://HOST/REPOSITORY@sha256:DIGEST#TITLE");
    const url = URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : undefined;
    // A number has many spellings, and one of them is what is compared with a store's.
    if (url === undefined || url.hostname !== host.replace(/:[0-9]+$/, ""))
      throw refused(text, "a host in its usual spelling, and a port up to 65535");
    // The policy's own store may be on this machine: who reads knows it.
    if (isOwnAddress(url.hostname) && !isLoopback(host))
      throw refused(text, "a host other than this machine itself or its cloud's metadata");
    return { host, path: repository, name: title };
  },
};

function isPlain(text: string): boolean {
  // Control characters, and what reorders or hides text: a record could show another name than it reads.
  return (
    !/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(text) && Buffer.from(text).toString() === text
  );
}

/** Every character but `/` that is not safe in a URI, or is a wildcard in one, is encoded. */
function fileUri(path: string): string {
  return `file://${path
    .split("/")
    .map((name) => encodeURIComponent(name).replaceAll("*", "%2A"))
    .join("/")}`;
}

function decodedOrNone(raw: string): string | undefined {
  try {
    // A slash that is encoded would be a folder that nobody sees.
    return /%2f/i.test(raw) ? undefined : decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

function refused(text: string, expected: string, hint?: string): SlipwayError {
  return new SlipwayError("UNSUPPORTED", `${JSON.stringify(shownUri(text).slice(0, 200))} cannot be read`, {
    expected,
    ...(hint === undefined ? {} : { hint }),
  });
}
