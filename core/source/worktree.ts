import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
} from "node:fs";
import { chmod, copyFile, mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SlipwayError } from "../errors.ts";
import { git } from "../git/run.ts";
import { type CheckedIn, checkingIn } from "./check-in.ts";
import { byPath, isInside, linkStaysInside, requireInside, symlinkRefused } from "./inside.ts";
import type { SourceTree, TreeEntry } from "./tree.ts";
import { readSettings } from "./work-tree-settings.ts";

/**
 * The files of a work tree as Git would check them in: tracked ones, and those that are neither tracked nor ignored. What a
 * run reads is what a commit would hold: line ends, filters and encodings are undone as `.gitattributes` and Git's
 * configuration say it. The content of Git LFS alone is read as it lies there.
 * Rejects with NOT_A_REPOSITORY if `root` is not inside a work tree. Paths are relative to the work tree's top.
 */
export async function openWorkTree(root: string): Promise<SourceTree & { readonly root: string }> {
  const top = await topLevel(root);
  const { fileMode, autocrlf } = await readSettings(top);
  const place = { top, autocrlf };

  async function names(prefix: string): Promise<Set<string>> {
    if (prefix !== "") requireInside(prefix);
    const args = ["ls-files", "-c", "-o", "--exclude-standard", "-z", "--", ...(prefix === "" ? [] : [prefix])];
    return new Set((await git(top, args)).toString("utf8").split("\0"));
  }

  async function list(prefix = ""): Promise<TreeEntry[]> {
    const plain = plainFolders(top);
    const entries: TreeEntry[] = [];
    const modes = await trackedModes(top, fileMode);
    for (const path of await names(prefix)) {
      // A repository inside the repository ends in a slash, and is no file.
      if (!isInside(path) || !plain(dirname(path))) continue;
      const kind = kindOf(join(top, path));
      if (kind !== undefined) entries.push({ path, kind: modes(path, kind) });
    }
    return byPath(entries);
  }

  /** The paths of regular files that no link leads to: what may be converted. */
  function regular(paths: readonly string[]): string[] {
    const plain = plainFolders(top);
    return paths.filter((path) => {
      requireInside(path);
      return plain(dirname(path)) && /^(file|executable)$/.test(kindOf(join(top, path)) ?? "");
    });
  }

  /** The answer for a file whose bytes are others in Git. */
  const converts = async (path: string, answer: CheckedIn | undefined) =>
    answer !== undefined && !answer.pointer && (await blobOf(join(top, path))) !== answer.blob;

  const readMany = (paths: readonly string[], maxBytes: number) => {
    const plain = plainFolders(top);
    const files = paths.map((path) => readPlain(top, path, plain, maxBytes));
    const present = paths.filter((_, i) => files[i] !== undefined);
    return checkingIn(place, present, async (answers, read) => {
      for (const [i, path] of paths.entries()) {
        const answer = answers.get(path);
        if (answer !== undefined && (await converts(path, answer))) files[i] = await read(answer.blob);
      }
      return files;
    });
  };

  return {
    root: top,
    commit: undefined,
    list,
    readMany,
    read: async (path, maxBytes) => (await readMany([path], maxBytes))[0],
    async folders(folder = "") {
      const start = folder === "" ? 0 : folder.length + 1;
      const found = new Set<string>();
      for (const path of await names(folder)) {
        const slash = path.indexOf("/", start);
        if (slash !== -1 && isInside(path)) found.add(path.slice(start, slash));
      }
      return [...found].sort();
    },
    async place(paths) {
      return checkingIn(place, regular(paths), async (answers) => {
        for (const [path, answer] of answers) if (await converts(path, answer)) return undefined;
        return top;
      });
    },
    async blobs(paths) {
      return checkingIn(place, regular(paths), async (answers) => {
        const ids: (string | undefined)[] = [];
        const plain = plainFolders(top);
        for (const path of paths)
          ids.push(answers.get(path)?.blob ?? (plain(dirname(path)) ? await blobOf(join(top, path)) : undefined));
        return ids;
      });
    },
    async export(paths, folder) {
      const plain = plainFolders(top);
      const links: { path: string; text: string }[] = [];
      await mkdir(folder, { recursive: true });
      const modes = await trackedModes(top, fileMode);
      await checkingIn(place, regular(paths), async (answers, read) => {
        for (const path of paths) {
          const source = join(top, path);
          const found = plain(dirname(path)) ? kindOf(source) : undefined;
          const target = join(folder, path);
          if (found === undefined) throw new SlipwayError("NO_COMMIT", `${path} is not in the work tree`);
          const kind = modes(path, found);
          await mkdir(kind === "submodule" ? target : dirname(target), { recursive: true });
          if (kind === "symlink") links.push({ path, text: readlinkSync(source) });
          else if (kind !== "submodule") {
            const answer = answers.get(path);
            if (answer !== undefined && (await converts(path, answer)))
              await writeFile(target, await read(answer.blob), { flag: "wx" });
            else await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
            await chmod(target, kind === "executable" ? 0o755 : 0o644);
          }
        }
      });
      // Links last: no file can be written through one.
      for (const { path, text } of links) {
        if (!linkStaysInside(path, text)) throw symlinkRefused(path, `-> ${text}`);
        await symlink(text, join(folder, path));
      }
    },
  };
}

/**
 * What kind of file Git takes one for. On a disk that knows no executable bit (`core.fileMode` is false), the index says so
 * for those that are tracked, and all others have none.
 */
async function trackedModes(
  top: string,
  fileMode: boolean,
): Promise<(path: string, found: TreeEntry["kind"]) => TreeEntry["kind"]> {
  if (fileMode) return (_, found) => found;
  const entries = (await git(top, ["ls-files", "-s", "-z"])).toString().split("\0");
  const executable = new Set(entries.filter((entry) => entry.startsWith("100755 ")).map((entry) => entry.slice(50)));
  return (path, found) => {
    if (found !== "file" && found !== "executable") return found;
    return executable.has(path) ? "executable" : "file";
  };
}

async function topLevel(root: string): Promise<string> {
  const said = await git(root, ["rev-parse", "--show-toplevel"]).catch((error: unknown) => {
    if (!(error instanceof SlipwayError)) throw error;
    throw new SlipwayError("NOT_A_REPOSITORY", `${root} is not inside a Git work tree`, {
      expected: "a folder inside a Git work tree",
      found: error.message,
      hint: "run git init, or name another folder",
      cause: error,
    });
  });
  return realpath(said.toString("utf8").replace(/\n$/, ""));
}

/** Remembers, for one listing or reading, which folders are reached through no symbolic link. */
function plainFolders(top: string): (folder: string) => boolean {
  const known = new Map<string, boolean>([[".", true]]);
  return (folder) => {
    let plain = known.get(folder);
    if (plain === undefined) {
      const path = join(top, folder);
      try {
        plain = realpathSync.native(path) === path;
      } catch {
        plain = false;
      }
      known.set(folder, plain);
    }
    return plain;
  };
}

function kindOf(path: string): TreeEntry["kind"] | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return "symlink";
  if (stat?.isDirectory()) return "submodule";
  if (!stat?.isFile()) return undefined;
  return (stat.mode & 0o100) === 0 ? "file" : "executable";
}

function readPlain(
  top: string,
  path: string,
  plain: (folder: string) => boolean,
  maxBytes: number,
): Buffer | undefined {
  requireInside(path);
  const full = join(top, path);
  const kind = kindOf(full);
  if (kind === undefined || kind === "submodule") return undefined;
  if (kind === "symlink" || !plain(dirname(path))) throw symlinkRefused(path, "a link");
  const file = openSync(full, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const { size } = fstatSync(file);
    if (size > maxBytes) {
      throw new SlipwayError("FILE_TOO_LARGE", `${path} is too large`, {
        file: path,
        expected: `at most ${maxBytes} bytes`,
        found: `${size} bytes`,
      });
    }
    const content = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const read = readSync(file, content, filled, size - filled, null);
      if (read === 0) break;
      filled += read;
    }
    return content.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

/** The id that Git would give the bytes, without filters: SHA-1 over `blob <size>\0` and the content. */
async function blobOf(path: string): Promise<string | undefined> {
  const kind = kindOf(path);
  if (kind === undefined) return undefined;
  if (kind === "submodule") {
    const said = await git(path, ["rev-parse", "HEAD"]).catch(() => Buffer.alloc(0));
    return said.toString("utf8").trim() || undefined;
  }
  if (kind === "symlink") {
    const text = Buffer.from(readlinkSync(path));
    return createHash("sha1").update(`blob ${text.length}\0`).update(text).digest("hex");
  }
  const { size } = lstatSync(path);
  const hash = createHash("sha1").update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}
