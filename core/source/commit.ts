import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree, type TreeItem } from "../git/tree-object.ts";
import { byPath, isInside, linkStaysInside, requireInside, symlinkRefused } from "./inside.ts";
import { lfsPointer, writeLfsContent } from "./lfs.ts";
import type { SourceTree, TreeEntry } from "./tree.ts";

type Folder = ReadonlyMap<string, TreeItem>;

const KINDS: Record<string, TreeEntry["kind"]> = {
  "100644": "file",
  "100664": "file",
  "100755": "executable",
  "120000": "symlink",
  "160000": "submodule",
};
/** A tree of trees may be small in Git and endless when walked. */
const MAX_ENTRIES = 2_000_000;
const MAX_EXPORTED_BYTES = 2 ** 31 - 1;
const MAX_TREE_BYTES = 256 * 1024 * 1024;

/** The files of a commit, read from Git's objects; `commit` is a whole id. What was read of it is remembered: it cannot change. */
export function openCommit(objects: GitObjects, commit: string): SourceTree {
  const opened = new Map<string, Folder>();

  /** Opens folders whose parents are open; a path that is not a folder stays closed. */
  async function open(paths: readonly string[]): Promise<void> {
    const wanted: { path: string; expression: string }[] = [];
    for (const path of paths) {
      if (opened.has(path)) continue;
      const item = path === "" ? undefined : itemAt(path);
      if (path === "") wanted.push({ path, expression: `${commit}^{tree}` });
      else if (item?.mode === "40000") wanted.push({ path, expression: item.id });
    }
    const trees = await objects.readMany(
      wanted.map(({ expression }) => expression),
      MAX_TREE_BYTES,
    );
    for (const [i, { path }] of wanted.entries()) {
      const tree = trees[i];
      if (tree === undefined)
        throw new SlipwayError("NO_COMMIT", `commit ${commit} is not whole here`, { found: path });
      const items = parseTree(tree.content).filter((item) => isInside(item.name) && !item.name.includes("/"));
      opened.set(path, new Map(items.map((item) => [item.name, item])));
      if (opened.size > MAX_ENTRIES) throw tooMany(commit);
    }
  }

  function itemAt(path: string): TreeItem | undefined {
    const slash = path.lastIndexOf("/");
    return opened.get(slash === -1 ? "" : path.slice(0, slash))?.get(path.slice(slash + 1));
  }

  /** The tree items at the paths: one round trip for each depth. */
  async function find(paths: readonly string[]): Promise<(TreeItem | undefined)[]> {
    let level = new Set([""]);
    for (let depth = 0; level.size > 0; depth++) {
      await open([...level]);
      const next = new Set<string>();
      for (const path of paths) {
        const parts = path.split("/");
        if (parts.length > depth + 1) next.add(parts.slice(0, depth + 1).join("/"));
      }
      level = next;
    }
    return paths.map(itemAt);
  }

  async function list(prefix = ""): Promise<TreeEntry[]> {
    if (prefix !== "") requireInside(prefix);
    const start = prefix === "" ? undefined : (await find([prefix]))[0];
    const kind = KINDS[start?.mode ?? ""];
    if (kind !== undefined) return [{ path: prefix, kind }];
    const entries: TreeEntry[] = [];
    let level = [prefix];
    while (level.length > 0) {
      await open(level);
      const next: string[] = [];
      for (const folder of level) {
        for (const item of opened.get(folder)?.values() ?? []) {
          const path = folder === "" ? item.name : `${folder}/${item.name}`;
          const kind = KINDS[item.mode];
          if (item.mode === "40000") next.push(path);
          else if (kind !== undefined) entries.push({ path, kind });
        }
      }
      if (entries.length + next.length > MAX_ENTRIES) throw tooMany(commit);
      level = next;
    }
    return byPath(entries);
  }

  async function readMany(paths: readonly string[], maxBytes: number): Promise<(Buffer | undefined)[]> {
    paths.forEach(requireInside);
    const items = await find(paths);
    const files = items.map((item, i) => {
      const path = paths[i] as string;
      if (item?.mode === "120000" || hasLinkAbove(path)) throw symlinkRefused(path, "a link");
      const kind = KINDS[item?.mode ?? ""];
      return kind === "file" || kind === "executable" ? item : undefined;
    });
    const blobs = (
      await objects
        .readMany(
          files.flatMap((item) => (item === undefined ? [] : [item.id])),
          maxBytes,
        )
        .catch((error: unknown) => {
          throw named(error, paths, files);
        })
    ).values();
    return files.map((item) => (item === undefined ? undefined : blobs.next().value?.content));
  }

  function hasLinkAbove(path: string): boolean {
    const parts = path.split("/");
    return parts.some((_, i) => i > 0 && itemAt(parts.slice(0, i).join("/"))?.mode === "120000");
  }

  /** Writes a file at once; of a link, resolves to what makes it. */
  async function exportFile(
    path: string,
    item: TreeItem | undefined,
    folder: string,
  ): Promise<(() => Promise<void>) | undefined> {
    const kind = KINDS[item?.mode ?? ""];
    const target = join(folder, path);
    if (item === undefined || kind === undefined)
      throw new SlipwayError("NO_COMMIT", `${path} is not in commit ${commit}`);
    await mkdir(kind === "submodule" ? target : dirname(target), { recursive: true });
    if (kind === "submodule") return undefined;
    const object = await objects.read(item.id, MAX_EXPORTED_BYTES);
    if (object === undefined)
      throw new SlipwayError("NO_COMMIT", `commit ${commit} is not whole here`, { found: path });
    if (kind === "symlink") {
      const text = object.content.toString("utf8");
      if (!linkStaysInside(path, text)) throw symlinkRefused(path, `-> ${text}`);
      return () => symlink(text, target);
    }
    const pointer = lfsPointer(object.content);
    if (pointer === undefined) await writeFile(target, object.content, { flag: "wx" });
    else await writeLfsContent(objects.repository, path, pointer, target);
    if (kind === "executable") await chmod(target, 0o755);
    return undefined;
  }

  return {
    commit,
    list,
    readMany,
    read: async (path, maxBytes) => (await readMany([path], maxBytes))[0],
    async folders(folder = "") {
      if (folder !== "") requireInside(folder);
      await find([folder]);
      await open([folder]);
      const items = [...(opened.get(folder)?.values() ?? [])];
      return items.flatMap((item) => (item.mode === "40000" ? [item.name] : [])).sort();
    },
    place: async () => undefined,
    async blobs(paths) {
      paths.forEach(requireInside);
      return (await find(paths)).map((item) => (KINDS[item?.mode ?? ""] === undefined ? undefined : item?.id));
    },
    async export(paths, folder) {
      paths.forEach(requireInside);
      await mkdir(folder, { recursive: true });
      const queue = paths.map((path, i) => ({ path, i })).values();
      const items = await find(paths);
      const links: (() => Promise<void>)[] = [];
      const work = async () => {
        for (const { path, i } of queue) {
          const link = await exportFile(path, items[i], folder);
          if (link !== undefined) links.push(link);
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      // Links last: no file can be written through one.
      for (const link of links) await link();
    },
  };
}

function tooMany(commit: string): SlipwayError {
  return new SlipwayError("FILE_TOO_LARGE", `commit ${commit} holds too many files`, {
    expected: `at most ${MAX_ENTRIES}`,
  });
}

/** A refusal about an object, said about the file that people know. */
function named(error: unknown, paths: readonly string[], files: readonly (TreeItem | undefined)[]): unknown {
  if (!(error instanceof SlipwayError)) return error;
  const path = paths[files.findIndex((item) => item !== undefined && error.message.includes(item.id))];
  if (path === undefined) return error;
  const { expected, found } = error.problems[0] ?? {};
  return new SlipwayError(error.code, `${path} is too large`, {
    file: path,
    expected,
    found,
  });
}
