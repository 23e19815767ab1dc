import { matchWildcards } from "./paths.ts";

/** Which of a place's files a pattern names. */
export interface UriPattern {
  /** Every path that it names begins with this. */
  start: string;
  test(path: string): boolean;
}

const WILD = /(\*|\?|\[!?[^\]/]+\])/;

/**
 * The pattern that a path of a URI is: one with a wildcard (`*`, `?` and `[a-z]` within a name, `**` for folders), or a prefix,
 * which ends in `/`. Undefined for the path of one file. `decode` reads what stands between wildcards.
 */
export function uriPattern(path: string, decode: (text: string) => string): UriPattern | undefined {
  if (WILD.test(path)) return wildcards(path, decode);
  return path === "" || path.endsWith("/") ? prefix(decode(path)) : undefined;
}

/** All that lies below, but for what is hidden by its name, as Spark and Arrow have it: `_SUCCESS`, `.part.crc`. */
function prefix(start: string): UriPattern {
  const isShown = (name: string) => !/^[._]/.test(name);
  return {
    start,
    test: (path) => path.startsWith(start) && !path.endsWith("/") && path.slice(start.length).split("/").every(isShown),
  };
}

type Segment = readonly string[];
const ANY_FOLDERS: Segment = ["**"];

function wildcards(path: string, decode: (text: string) => string): UriPattern {
  const pattern = path.split("/").map((name) => (name === "**" ? ANY_FOLDERS : tokens(name, decode)));
  const start = decode(path.slice(0, path.search(WILD)));
  return {
    start,
    test: (found) =>
      !found.endsWith("/") &&
      matchWildcards(pattern, found.split("/"), ANY_FOLDERS, (segment, name) =>
        matchWildcards(segment, [...name], "*", isToken),
      ),
  };
}

/** Wildcards as they are; of other text each character with `=` before it, so that a decoded `*` is no wildcard. */
function tokens(name: string, decode: (text: string) => string): Segment {
  return name
    .split(WILD)
    .flatMap((part, i) => (i % 2 === 1 ? [part] : [...decode(part)].map((character) => `=${character}`)));
}

function isToken(token: string, character: string): boolean {
  if (token === "?" || token === `=${character}`) return true;
  return token.startsWith("[") && isInClass(token, character);
}

function isInClass(token: string, character: string): boolean {
  const isNegated = token[1] === "!" && token.length > 3;
  const members = [...token.slice(isNegated ? 2 : 1, -1)];
  let isMember = false;
  for (let i = 0; i < members.length; i++) {
    const from = members[i] as string;
    const isRange = members[i + 1] === "-" && i + 2 < members.length;
    const to = isRange ? (members[i + 2] as string) : from;
    if (isRange) i += 2;
    isMember ||= codeOf(from) <= codeOf(character) && codeOf(character) <= codeOf(to);
  }
  return isMember !== isNegated;
}

const codeOf = (character: string) => character.codePointAt(0) as number;
