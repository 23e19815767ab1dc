/**
 * The repository path that `relative` means beside a spec in `folder`, with `/`; "" is the root.
 * Undefined if it is absolute, climbs out of the repository, or goes into `.git` or `.slipway`.
 */
export function repositoryPath(folder: string, relative: string): string | undefined {
  if (
    relative.startsWith("/") ||
    relative.startsWith("~") ||
    /[\\\0\n]/.test(relative) ||
    /^[A-Za-z]:/.test(relative)
  ) {
    return undefined;
  }
  const parts: string[] = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (/^\.(git|slipway)$/i.test(part)) return undefined;
    else parts.push(part);
  }
  return parts.join("/");
}

export type LocationKind = "path" | "glob" | "uri";

/** `scheme:` makes a URI (one letter is a drive), `*` or `?` a glob; anything else is a path. */
export function locationKind(location: string): LocationKind {
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(location)) return "uri";
  return /[*?]/.test(location) ? "glob" : "path";
}

/** A test for repository paths: `*` and `?` stand for characters within a name, `**` for whole folders, none or more. */
export function globTest(glob: string): (path: string) => boolean {
  const pattern = glob.split("/");
  return (path) =>
    matchWildcards(pattern, path.split("/"), "**", (part, name) => matchWildcards([...part], [...name], "*", isChar));
}

const isChar = (pattern: string, char: string) => pattern === "?" || pattern === char;

/** Wildcard matching by going back to the last star alone: time stays within pattern × text, however many stars there are. */
export function matchWildcards<Part>(
  pattern: readonly Part[],
  text: readonly string[],
  star: Part,
  same: (part: Part, text: string) => boolean,
): boolean {
  let [p, t, lastStar, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    const part = pattern[p];
    if (part === star) {
      lastStar = p++;
      resume = t;
    } else if (part !== undefined && same(part, text[t] as string)) {
      p++;
      t++;
    } else if (lastStar >= 0) {
      p = lastStar + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === star) p++;
  return p === pattern.length;
}

/** The folder that holds everything a glob can match: the part before its first wildcard. */
export function globFolder(glob: string): string {
  return glob.slice(0, Math.max(0, glob.slice(0, glob.search(/[*?]/)).lastIndexOf("/")));
}
