import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { sha256 } from "../canonical.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree } from "../git/tree-object.ts";
import { BoundedMap } from "./bounded-map.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath, type ModelPath, parsePath } from "./paths.ts";
import { remembered } from "./remember.ts";

/** A model's folder at any commit, by Git's id of it. */
export interface ModelFolder {
  readonly name: string;
  readonly folder: string;
}

/** What of a manifest is asked for again and again: without its files and its evaluation, of which there may be much. */
export interface VersionFacts
  extends Pick<Manifest, "model" | "version" | "registered_at" | "registered_by" | "tagged_at" | "task" | "imported"> {
  readonly description: string | undefined;
  readonly blob: string;
  /** Of the record's bytes. */
  readonly digest: Sha256;
  readonly artifact: Pick<Manifest["artifact"], "uri" | "sha256" | "size">;
}

export interface VersionRead {
  readonly facts: VersionFacts;
  readonly metadata: VersionMetadata | undefined;
  /** Of one that was handed in: the newest evaluation, by its blob. */
  readonly evaluation: { number: number; blob: string } | undefined;
}

/** What was decided of a model, and what became of it, by the names of the records. */
export interface History {
  readonly versions: readonly number[];
  readonly decisions: ReadonlyMap<string, DecisionFacts>;
  readonly changes: ReadonlyMap<string, Change>;
}

/** A decision without what it rested on, of which there may be much. */
export interface DecisionFacts {
  readonly decision: Decision;
  readonly blob: string;
  /** Of the record's bytes. */
  readonly digest: Sha256;
}

export interface ModelFolders {
  version(model: ModelFolder, version: number): Promise<VersionRead | undefined>;
  history(model: ModelFolder): Promise<History>;
}

/** How much is in memory at most. */
const MAX_RECORDS = 100_000;
const MAX_FOLDERS = 12_000;

type Listing = ReadonlyMap<string, string>;
const INSIDE = ["versions", "metadata", "promotions", "evaluations", "changes"] as const;
type Inside = (typeof INSIDE)[number];
type Read<Kind extends "version" | "metadata" | "decision" | "change"> = ReturnType<typeof parseRecord<Kind>>;

/** Folders are read when they are asked for, and kept by their ids and their blobs'. Nothing of what they say is checked. */
export function modelFolders(objects: GitObjects): ModelFolders {
  const folders = new BoundedMap<string, Promise<Record<Inside, Listing>>>(MAX_FOLDERS);
  const listed = new BoundedMap<string, Promise<Listing>>(4 * MAX_FOLDERS);
  const facts = new BoundedMap<string, Promise<VersionFacts>>(MAX_RECORDS);
  const said = new BoundedMap<string, Promise<VersionMetadata>>(MAX_RECORDS);
  const decided = new BoundedMap<string, Promise<DecisionFacts>>(MAX_RECORDS);
  const changed = new BoundedMap<string, Promise<Change>>(MAX_RECORDS);

  const list = (tree: string | undefined): Promise<Listing> =>
    tree === undefined ? Promise.resolve(new Map()) : remembered(listed, tree, () => treeOf(objects, tree));
  const folderOf = (id: string) =>
    remembered(folders, id, async () => {
      const inside = await treeOf(objects, id);
      const lists = INSIDE.map(async (name) => [name, await list(inside.get(name))] as const);
      return Object.fromEntries(await Promise.all(lists)) as Record<Inside, Listing>;
    });
  const read = async <Kind extends "version" | "metadata" | "decision" | "change">(
    path: ModelPath & { kind: Kind },
    blob: string,
  ): Promise<{ record: Read<Kind>; content: Buffer }> => {
    const { content } = (await objects.read(blob, MAX_RECORD_BYTES)) ?? (await present(objects, blob));
    return { record: parseRecord(path.kind, content, formatPath(path), blob), content };
  };

  return {
    async version({ name: model, folder }, version) {
      const { versions, metadata, evaluations } = await folderOf(folder);
      const blob = versions.get(`${version}.json`);
      if (blob === undefined) return undefined;
      const note = metadata.get(`${version}.json`);
      const [found, notes] = await Promise.all([
        remembered(facts, blob, async () => factsOf(await read({ kind: "version", model, version }, blob), blob)),
        note === undefined
          ? undefined
          : remembered(said, note, async () => (await read({ kind: "metadata", model, version }, note)).record),
      ]);
      const evaluation = found.imported && newestOf(evaluations, model, version);
      return { facts: found, metadata: notes, evaluation };
    },
    async history({ name: model, folder }) {
      const { versions, promotions, changes } = await folderOf(folder);
      const named = <Kind extends "decision" | "change">(inside: string, files: Listing, kind: Kind) =>
        [...files].flatMap(([file, blob]) => {
          const path = parsePath(`models/${model}/${inside}/${file}`);
          return path?.kind === kind ? [{ path: path as ModelPath & { kind: Kind }, blob }] : [];
        });
      const [decisions, became] = await Promise.all([
        Promise.all(
          named("promotions", promotions, "decision").map(async ({ path, blob }) => {
            const found = await remembered(decided, blob, async () => shortened(await read(path, blob), blob));
            return [path.id, found] as const;
          }),
        ),
        Promise.all(
          named("changes", changes, "change").map(async ({ path, blob }) => {
            return [path.id, await remembered(changed, blob, async () => (await read(path, blob)).record)] as const;
          }),
        ),
      ]);
      const numbers = [...versions.keys()].flatMap((file) => {
        const path = parsePath(`models/${model}/versions/${file}`);
        return path?.kind === "version" ? [path.version] : [];
      });
      return { versions: numbers, decisions: new Map(decisions), changes: new Map(became) };
    },
  };
}

function factsOf({ record, content }: { record: Manifest; content: Buffer }, blob: string): VersionFacts {
  const { model, version, description, imported, registered_at, registered_by, tagged_at, task, artifact } = record;
  const { uri, sha256: digest, size } = artifact;
  return {
    ...{ model, version, description, registered_at, registered_by, tagged_at, task, blob, digest: sha256(content) },
    ...(imported === undefined ? {} : { imported }),
    artifact: { uri, sha256: digest, size },
  };
}

function newestOf(evaluations: Listing, model: string, version: number): VersionRead["evaluation"] {
  const found = [...evaluations].flatMap(([file, blob]) => {
    const path = parsePath(`models/${model}/evaluations/${file}`);
    return path?.kind === "evaluation" && path.version === version ? [{ number: path.number, blob }] : [];
  });
  return found.reduce<VersionRead["evaluation"]>(
    (last, each) => (last && last.number > each.number ? last : each),
    undefined,
  );
}

function shortened({ record, content }: { record: Decision; content: Buffer }, blob: string): DecisionFacts {
  const { policy } = record;
  const decision = { ...record, refusals: [], gates: [], comparisons: [], policy: { ...policy, gates: [] } };
  return { decision, blob, digest: sha256(content) };
}

async function treeOf(objects: GitObjects, id: string): Promise<Listing> {
  const tree = await present(objects, id);
  const items = tree.type === "tree" ? parseTree(tree.content) : [];
  return new Map(items.map((item) => [item.name, item.id]));
}
