import { createHash } from "node:crypto";
import type { SpecFiles } from "./project.ts";

/**
 * A tree as it would be with other texts in some files, for looking at what specs and the policy would say then. Nothing is
 * written. `files` are paths of plain files → text.
 */
export function withFiles(tree: SpecFiles, files: Readonly<Record<string, string>>): SpecFiles {
  const own = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  return {
    read: async (path, maxBytes) => own.get(path) ?? tree.read(path, maxBytes),
    async readMany(paths, maxBytes) {
      const others = paths.filter((path) => !own.has(path));
      const found = (await tree.readMany(others, maxBytes)).values();
      return paths.map((path) => own.get(path) ?? found.next().value);
    },
    async blobs(paths) {
      const others = paths.filter((path) => !own.has(path));
      const found = (await tree.blobs(others)).values();
      return paths.map((path) => {
        const text = own.get(path);
        return text === undefined ? found.next().value : blobId(text);
      });
    },
    async folders(folder = "") {
      const below = folder === "" ? "" : `${folder}/`;
      const fresh = [...own.keys()].flatMap((path) => {
        const [name, ...more] = path.startsWith(below) ? path.slice(below.length).split("/") : [];
        return name === undefined || more.length === 0 ? [] : [name];
      });
      return [...new Set([...(await tree.folders(folder)), ...fresh])].sort();
    },
  };
}

function blobId(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
