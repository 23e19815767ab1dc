import { lstat, readdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { SlipwayError } from "../../errors.ts";

/** A file that holds rows. */
export interface Located {
  /** How records name it: relative to the repository's root, or the URI. */
  path: string;
  /** What its format is read from: the path, or the path of the URI. */
  name: string;
  /** Where its bytes are. */
  file: string;
  /** Outside the repository. */
  remote: boolean;
  version?: string | undefined;
}

const MAX_FILES = 10_000;

export function isUri(location: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]+:/.test(location);
}

export function isGlob(location: string): boolean {
  return /[*?[\]{}]/.test(location);
}

/** A spec's path as one from the repository's root. Rejects with PATH_OUTSIDE what leaves it. */
export function fromRoot(folder: string, location: string): string {
  const path = posix.normalize(posix.join(folder, location));
  if (posix.isAbsolute(location) || location.includes("\\") || path === ".." || path.startsWith("../"))
    throw new SlipwayError("PATH_OUTSIDE", `The data path ${location} leaves the repository.`, {
      expected: "a path inside the repository, relative to the spec, with /",
      found: location,
      hint: "Data elsewhere is named by a URI (file: or https:) and pinned by `slipway lock`.",
    });
  return path;
}

/** A regular file's path on disk, or undefined where there is none. Rejects with SYMLINK_REFUSED if a link is on the way. */
export async function regularFile(root: string, path: string): Promise<string | undefined> {
  let current = root;
  const parts = path.split("/");
  for (const [index, part] of parts.entries()) {
    current = join(current, part);
    const stat = await lstat(current).catch(() => undefined);
    if (!stat) return undefined;
    if (stat.isSymbolicLink())
      throw new SlipwayError("SYMLINK_REFUSED", `${path} goes through a symbolic link.`, {
        file: path,
        expected: "regular files and folders",
        hint: "Put the file itself there.",
      });
    if (index === parts.length - 1) return stat.isFile() ? current : undefined;
    if (!stat.isDirectory()) return undefined;
  }
  return undefined;
}

/** The repository's files that a path or glob names, sorted by path (bytewise). Rejects with DATA_MISSING where there are none. */
export async function locate(root: string, folder: string, location: string): Promise<Located[]> {
  const path = fromRoot(folder, location);
  if (!isGlob(location)) {
    const file = await regularFile(root, path);
    if (file) return [{ path, name: path, file, remote: false }];
    throw new SlipwayError("DATA_MISSING", `There is no data file ${path}.`, {
      expected: "a regular file",
      file: path,
      hint: "Paths are relative to the spec's folder. Is the file committed, and not ignored?",
    });
  }
  if ((path.match(/[*?]/g)?.length ?? 0) > 10)
    throw new SlipwayError("DATA_UNREADABLE", `${path} has too many wildcards.`, { expected: "at most 10 of * and ?" });
  const pattern = globPattern(path);
  const fixed = path.split("/").slice(0, path.split("/").findIndex(isGlob)).join("/");
  const found: Located[] = [];
  await walk(root, fixed, async (candidate) => {
    if (!pattern.test(candidate)) return;
    const file = await regularFile(root, candidate);
    if (file) found.push({ path: candidate, name: candidate, file, remote: false });
    if (found.length > MAX_FILES)
      throw new SlipwayError("DATA_UNREADABLE", `${path} names more than ${MAX_FILES} files.`, { file: path });
  });
  if (found.length === 0)
    throw new SlipwayError("DATA_MISSING", `No file matches ${path}.`, {
      expected: "at least one regular file",
      file: path,
      hint: "* stays within one folder; ** crosses folders.",
    });
  return found.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

async function walk(root: string, folder: string, visit: (path: string) => Promise<void>): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== ".git" && entry.name !== "node_modules") await walk(root, path, visit);
    } else await visit(path);
  }
}

/** `*` and `?` stay within a folder, `**` crosses folders, `[a-z]` and `{a,b}` choose. Names with a leading dot need one in the pattern. */
export function globPattern(glob: string): RegExp {
  const segment = (text: string) => {
    let out = text.startsWith(".") ? "" : "(?!\\.)";
    let depth = 0;
    for (let i = 0; i < text.length; i++) {
      const char = text[i] as string;
      if (char === "*") out += "[^/]*";
      else if (char === "?") out += "[^/]";
      else if (char === "{") {
        out += "(?:";
        depth += 1;
      } else if (char === "}" && depth > 0) {
        out += ")";
        depth -= 1;
      } else if (char === "," && depth > 0) out += "|";
      else if (char === "[" && text.indexOf("]", i + 2) > 0) {
        const end = text.indexOf("]", i + 2);
        const set = text.slice(i + 1, end).replace(/^!/, "^");
        out += `[${set.replace(/[\\[\]]/g, "\\$&")}]`;
        i = end;
      } else out += char.replace(/[\\^$.|?*+()[\]{}/]/g, "\\$&");
    }
    return out + ")".repeat(depth);
  };
  const parts = glob.split("/");
  const body = parts
    .map((part, index) => {
      const last = index === parts.length - 1;
      if (part === "**") return last ? "(?:(?!\\.)[^/]+/)*(?!\\.)[^/]+" : "(?:(?!\\.)[^/]+/)*";
      return segment(part) + (last ? "" : "/");
    })
    .join("");
  return new RegExp(`^${body}$`);
}
