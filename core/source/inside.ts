import { SlipwayError } from "../errors.ts";

/** Whether a path is plainly inside the repository: relative, normal, and nothing of Git's own. */
export function isInside(path: string): boolean {
  if (path.includes("\0") || path.includes("\\")) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git");
}

/** Rejects with PATH_OUTSIDE what `isInside` denies. */
export function requireInside(path: string): void {
  if (isInside(path)) return;
  throw new SlipwayError("PATH_OUTSIDE", `${JSON.stringify(path)} is not a path inside the repository`, {
    expected: "a relative path with /, without . or .. and not in .git",
  });
}

/**
 * Whether a link at `path` that says `target` stays inside the root. `..` may only lead: behind a name, which may be a link
 * itself, it would climb from wherever that link points.
 */
export function linkStaysInside(path: string, target: string): boolean {
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const climbs = parts.findIndex((part) => part !== "..");
  const leading = climbs === -1 ? parts.length : climbs;
  if (target.startsWith("/") || target.includes("\\") || target.includes("\0")) return false;
  if (parts.slice(leading).some((part) => part === ".." || part.toLowerCase() === ".git")) return false;
  return leading <= path.split("/").length - 1;
}

export function symlinkRefused(path: string, found: string): SlipwayError {
  return new SlipwayError("SYMLINK_REFUSED", `${path} is a symbolic link`, {
    file: path,
    expected: "a regular file, or a relative link that stays inside what is exported",
    found,
  });
}

export function byPath<T extends { path: string }>(entries: T[]): T[] {
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
