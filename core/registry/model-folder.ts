import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { BoundedMap } from "../bounded-map.ts";
import { sha256 } from "../canonical.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree } from "../git/tree-object.ts";
import type { ModelPath, PathOf, RecordOf, RecordPath } from "./kinds.ts";
import { memoized } from "./memoize.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { folderInside, formatPath, modelFolder, parsePathOf } from "./paths.ts";

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
  /** Of one that was imported: the newest evaluation, by its blob. */
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
const INSIDE = ["version", "metadata", "decision", "evaluation", "change"] as const;
type Inside = (typeof INSIDE)[number];

/** Folders are read when they are asked for, and kept by their ids and their blobs'. Nothing of what they say is checked. */
export function modelFolders(objects: GitObjects): ModelFolders {
  const folders = new BoundedMap<string, Promise<Record<Inside, Listing>>>(MAX_FOLDERS);
  const listed = new BoundedMap<string, Promise<Listing>>(4 * MAX_FOLDERS);
  const facts = new BoundedMap<string, Promise<VersionFacts>>(MAX_RECORDS);
  const said = new BoundedMap<string, Promise<VersionMetadata>>(MAX_RECORDS);
  const decided = new BoundedMap<string, Promise<DecisionFacts>>(MAX_RECORDS);
  const changed = new BoundedMap<string, Promise<Change>>(MAX_RECORDS);

  const list = (tree: string | undefined): Promise<Listing> =>
    tree === undefined ? Promise.resolve(new Map()) : memoized(listed, tree, () => treeOf(objects, tree));
  const folderOf = (id: string) =>
    memoized(folders, id, async () => {
      const inside = await treeOf(objects, id);
      const lists = INSIDE.map(async (kind) => [kind, await list(inside.get(folderInside(kind)))] as const);
      return Object.fromEntries(await Promise.all(lists)) as Record<Inside, Listing>;
    });
  const read = async <Kind extends Inside>(
    path: PathOf<Kind>,
    blob: string,
  ): Promise<{ record: RecordOf<Kind>; content: Buffer }> => {
    const { content } = (await objects.read(blob, MAX_RECORD_BYTES)) ?? (await present(objects, blob));
    return { record: parseRecord<Kind>(path.kind, content, formatPath(path as RecordPath), blob), content };
  };

  return {
    async version({ name: model, folder }, version) {
      const { version: versions, metadata, evaluation: evaluations } = await folderOf(folder);
      const blob = versions.get(`${version}.json`);
      if (blob === undefined) return undefined;
      const note = metadata.get(`${version}.json`);
      const [found, notes] = await Promise.all([
        memoized(facts, blob, async () => factsOf(await read({ kind: "version", model, version }, blob), blob)),
        note === undefined
          ? undefined
          : memoized(said, note, async () => (await read({ kind: "metadata", model, version }, note)).record),
      ]);
      const evaluation = found.imported && newestOf(evaluations, model, version);
      return { facts: found, metadata: notes, evaluation };
    },
    async history({ name: model, folder }) {
      const inside = await folderOf(folder);
      const [decisions, changes] = await Promise.all([
        Promise.all(
          pathsIn("decision", model, inside.decision).map(async ({ at, blob }) => {
            const found = await memoized(decided, blob, async () => shortened(await read(at, blob), blob));
            return [at.id, found] as const;
          }),
        ),
        Promise.all(
          pathsIn("change", model, inside.change).map(async ({ at, blob }) => {
            return [at.id, await memoized(changed, blob, async () => (await read(at, blob)).record)] as const;
          }),
        ),
      ]);
      const versions = pathsIn("version", model, inside.version).map(({ at }) => at.version);
      return { versions, decisions: new Map(decisions), changes: new Map(changes) };
    },
  };
}

function pathsIn<Kind extends ModelPath["kind"]>(kind: Kind, model: string, files: Listing) {
  const folder = `${modelFolder(model)}/${folderInside(kind)}`;
  return [...files].flatMap(([name, blob]) => {
    const at = parsePathOf(kind, `${folder}/${name}`);
    return at === undefined ? [] : [{ at, blob }];
  });
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
  const found = pathsIn("evaluation", model, evaluations).flatMap(({ at, blob }) =>
    at.version === version ? [{ number: at.number, blob }] : [],
  );
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
