import type { Manifest } from "../../schemas/manifest.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree } from "../git/tree-object.ts";
import { BoundedMap } from "./bounded-map.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath } from "./paths.ts";

/** What of a manifest is asked for again and again: without its files and its evaluation, of which there may be much. */
export interface VersionFacts extends Pick<Manifest, "version" | "registered_at" | "registered_by" | "task"> {
  readonly description: string | undefined;
  readonly imported: Manifest["imported"];
  readonly blob: string;
  readonly artifact: Pick<Manifest["artifact"], "uri" | "sha256" | "size">;
}

export interface CatalogVersion {
  readonly facts: VersionFacts;
  readonly metadata: VersionMetadata | undefined;
}

/** How much is in memory at most. */
const MAX_VERSIONS = 100_000;
const MAX_FOLDERS = 12_000;

/** Versions are read when they are asked for, and kept by their folder's id and their blobs'. */
export function versionReader(
  objects: GitObjects,
): (model: { name: string; folder: string }, version: number) => Promise<CatalogVersion | undefined> {
  type Folder = { versions: Map<string, string>; metadata: Map<string, string> };
  const folders = new BoundedMap<string, Promise<Folder>>(MAX_FOLDERS);
  const facts = new BoundedMap<string, Promise<VersionFacts | undefined>>(MAX_VERSIONS);
  const said = new BoundedMap<string, Promise<VersionMetadata | undefined>>(MAX_VERSIONS);
  const listed = new BoundedMap<string, Promise<Map<string, string>>>(2 * MAX_FOLDERS);

  const list = (tree: string | undefined) =>
    tree === undefined
      ? Promise.resolve(new Map<string, string>())
      : remembered(listed, tree, async () => {
          return new Map((await treeItems(objects, tree)).map(({ name, id }) => [name, id]));
        });
  const folderOf = (id: string) =>
    remembered(folders, id, async () => {
      const inside = new Map((await treeItems(objects, id)).map((item) => [item.name, item.id]));
      const [versions, metadata] = await Promise.all([list(inside.get("versions")), list(inside.get("metadata"))]);
      return { versions, metadata };
    });
  const read = async <Kind extends "version" | "metadata">(
    kind: Kind,
    model: string,
    version: number,
    blob: string,
  ) => {
    const object = (await objects.read(blob, MAX_RECORD_BYTES)) ?? (await present(objects, blob));
    return parseRecord(kind, object.content, formatPath({ kind, model, version }), blob);
  };

  return async ({ name, folder }, version) => {
    const { versions, metadata } = await folderOf(folder);
    const blob = versions.get(`${version}.json`);
    if (blob === undefined) return undefined;
    const note = metadata.get(`${version}.json`);
    const [found, notes] = await Promise.all([
      remembered(facts, blob, async () => factsOf(await read("version", name, version, blob), blob)),
      note === undefined ? undefined : remembered(said, note, () => read("metadata", name, version, note)),
    ]);
    return found && { facts: found, metadata: notes };
  };
}

function factsOf(manifest: Manifest | undefined, blob: string): VersionFacts | undefined {
  if (manifest === undefined) return undefined;
  const { version, description, imported, registered_at, registered_by, task, artifact } = manifest;
  const { uri, sha256, size } = artifact;
  return { version, description, imported, registered_at, registered_by, task, blob, artifact: { uri, sha256, size } };
}

/** What failed is asked again. */
function remembered<Value>(
  kept: BoundedMap<string, Promise<Value>>,
  key: string,
  read: () => Promise<Value>,
): Promise<Value> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const asked = read();
  kept.set(key, asked);
  asked.catch(() => {
    if (kept.get(key) === asked) kept.delete(key);
  });
  return asked;
}

async function treeItems(objects: GitObjects, id: string) {
  const tree = await present(objects, id);
  return tree.type === "tree" ? parseTree(tree.content) : [];
}
