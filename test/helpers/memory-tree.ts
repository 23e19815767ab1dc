import { createHash } from "node:crypto";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { byPath, linkStaysInside, requireInside, symlinkRefused } from "../../core/source/inside.ts";
import type { SourceTree, TreeEntry } from "../../core/source/tree.ts";
import type { Content } from "./repository.ts";

/** The files of a repository without a repository. trees.process.test.ts holds it to the answers of the real trees. */
export function memoryTree(files: Readonly<Record<string, Content>>): SourceTree {
  const kept = new Map(Object.entries(files).map(([path, content]) => [path, entryOf(path, content)] as const));
  const entries = byPath([...kept.values()]);
  const below = (prefix: string) =>
    entries.filter(({ path }) => prefix === "" || path === prefix || path.startsWith(`${prefix}/`));

  function contentOf(path: string, maxBytes: number): Buffer | undefined {
    requireInside(path);
    for (let at = path; at !== "."; at = posix.dirname(at)) {
      if (kept.get(at)?.kind === "symlink") throw symlinkRefused(path, "a link");
    }
    const bytes = kept.get(path)?.bytes;
    if (bytes === undefined || bytes.length <= maxBytes) return bytes;
    throw new SlipwayError("FILE_TOO_LARGE", `${path} is too large`, {
      file: path,
      expected: `at most ${maxBytes} bytes`,
      found: `${bytes.length} bytes`,
    });
  }

  return {
    commit: undefined,
    list: async (prefix = "") => below(prefix).map(({ path, kind }) => ({ path, kind })),
    async folders(folder = "") {
      const rest = below(folder).map(({ path }) => (folder === "" ? path : path.slice(folder.length + 1)));
      const names = rest.filter((path) => path.includes("/")).map((path) => path.slice(0, path.indexOf("/")));
      return [...new Set(names)].sort();
    },
    read: async (path, maxBytes) => contentOf(path, maxBytes),
    readMany: async (paths, maxBytes) => paths.map((path) => contentOf(path, maxBytes)),
    place: async () => undefined,
    blobs: async (paths) => paths.map((path) => kept.get(path)?.blob),
    async export(paths, folder) {
      for (const path of paths) {
        const { kind, bytes } = kept.get(path) as Entry;
        const target = join(folder, path);
        if (kind === "symlink" && !linkStaysInside(path, bytes.toString())) throw symlinkRefused(path, `-> ${bytes}`);
        await mkdir(dirname(target), { recursive: true });
        if (kind === "symlink") await symlink(bytes.toString(), target);
        else await writeFile(target, bytes, { flag: "wx" });
        if (kind === "executable") await chmod(target, 0o755);
      }
    },
  };
}

interface Entry extends TreeEntry {
  /** Of a link: its target's text. */
  bytes: Buffer;
  blob: string;
}

function entryOf(path: string, content: Content): Entry {
  const [kind, text]: [TreeEntry["kind"], string | Buffer] =
    typeof content === "string" || Buffer.isBuffer(content)
      ? ["file", content]
      : "link" in content
        ? ["symlink", content.link]
        : ["executable", content.run];
  const bytes = Buffer.from(text);
  return { path, kind, bytes, blob: createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex") };
}
