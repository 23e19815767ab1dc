import type { ModelRecord } from "../../schemas/model-record.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree } from "../git/tree-object.ts";
import { calledName } from "../promotion/apply-change.ts";
import { BoundedMap } from "./bounded-map.ts";
import { type CatalogVersion, versionReader } from "./catalog-versions.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath, parsePath } from "./paths.ts";
import { refuseForeignBranch } from "./snapshot.ts";

/** A model as one commit has it. Equal for as long as nothing in its folder changes. */
export interface CatalogModel {
  /** The folder's name. */
  readonly name: string;
  /** What it is called. */
  readonly called: string;
  readonly record: ModelRecord;
  /** Git's id of its folder. */
  readonly folder: string;
}

/** Every model of a registry, in memory, at one commit: what it says never changes while it is held. */
export interface Catalog {
  readonly commit: CommitId | undefined;
  /** By what they are called, in order. */
  readonly models: readonly CatalogModel[];
  /** The model that is called so, or ever was. */
  find(name: string): CatalogModel | undefined;
  version(model: CatalogModel, version: number): Promise<CatalogVersion | undefined>;
}

/** Catalogs of one repository's registry. */
export interface Catalogs {
  /**
   * The registry at a commit, or with nothing in it. Only what changed since the last one is read; requests at the same time
   * share one reading. Rejects with REGISTRY_CORRUPT.
   */
  at(commit: CommitId | undefined): Promise<Catalog>;
  /** One that was read before and is still in memory: where a page began. */
  kept(commit: CommitId): Catalog | undefined;
}

/** How many commits' catalogs are in memory at most: they share what is equal. */
const MAX_CATALOGS = 8;
const CHUNK = 1_000;
const MAX_TREE_BYTES = 64 * 1024 * 1024;

interface State {
  catalog: Catalog;
  trees: { models: string | undefined; names: string | undefined };
  byFolder: ReadonlyMap<string, CatalogModel>;
  called: ReadonlyMap<string, string>;
}

const EMPTY: Omit<State, "catalog"> = {
  trees: { models: undefined, names: undefined },
  byFolder: new Map(),
  called: new Map(),
};

export function openCatalogs(objects: GitObjects): Catalogs {
  const kept = new BoundedMap<CommitId, State>(MAX_CATALOGS);
  const versions = versionReader(objects);
  let last: State = { ...EMPTY, catalog: catalogOf(undefined, EMPTY, [], versions) };
  const none = last.catalog;
  let reading: Promise<unknown> = Promise.resolve();

  async function read(commit: CommitId): Promise<Catalog> {
    const known = kept.get(commit);
    if (known !== undefined) return known.catalog;
    last = await nextState(objects, commit, last, versions);
    kept.set(commit, last);
    return last.catalog;
  }

  return {
    async at(commit) {
      if (commit === undefined) return none;
      const known = kept.get(commit);
      if (known !== undefined) return known.catalog;
      const turn = reading.then(() => read(commit));
      reading = turn.catch(() => {});
      return turn;
    },
    kept: (commit) => kept.get(commit)?.catalog,
  };
}

async function nextState(
  objects: GitObjects,
  commit: CommitId,
  last: State,
  versions: Catalog["version"],
): Promise<State> {
  await refuseForeignBranch(objects, commit);
  const top = new Map((await objects.tree(commit))?.map(({ name, id }) => [name, id]));
  const trees = { models: top.get("models"), names: top.get("names") };
  const byFolder =
    trees.models === last.trees.models ? last.byFolder : await readModels(objects, commit, trees.models, last);
  const called = trees.names === last.trees.names ? last.called : await readCalled(objects, commit, trees.names, last);
  const same = byFolder === last.byFolder;
  const sorted = same ? last.catalog.models : inOrder([...byFolder.values()], last.catalog.models);
  const next = { trees, byFolder, called };
  return { ...next, catalog: catalogOf(commit, next, sorted, versions) };
}

function catalogOf(
  commit: CommitId | undefined,
  { byFolder, called }: Pick<State, "byFolder" | "called">,
  models: readonly CatalogModel[],
  version: Catalog["version"],
): Catalog {
  return {
    commit,
    models,
    find: (name) => byFolder.get(name) ?? byFolder.get(called.get(name) ?? ""),
    version,
  };
}

/** Keeps the order that there is: sorting 10,000 names anew at each write would be most of its cost. */
function inOrder(models: CatalogModel[], last: readonly CatalogModel[]): CatalogModel[] {
  if (models.length === last.length) {
    const byName = new Map(models.map((model) => [model.called, model]));
    const renewed = last.flatMap(({ called }) => byName.get(called) ?? []);
    if (renewed.length === models.length) return renewed;
  }
  return models.sort((a, b) => (a.called < b.called ? -1 : 1));
}

/** The models of a tree; those whose folder is what it was are taken over. */
async function readModels(
  objects: GitObjects,
  commit: CommitId,
  tree: string | undefined,
  last: State,
): Promise<Map<string, CatalogModel>> {
  const items = tree === undefined ? [] : await treeItems(objects, tree);
  const changed = items.filter(({ name, id }) => last.byFolder.get(name)?.folder !== id);
  const read = new Map<string, CatalogModel>();
  for (let from = 0; from < changed.length; from += CHUNK) {
    const chunk = changed.slice(from, from + CHUNK);
    const records = await objects.readMany(
      chunk.map(({ id }) => `${id}:model.json`),
      MAX_RECORD_BYTES,
    );
    for (const [at, { name, id }] of chunk.entries()) {
      const content = records[at]?.content;
      // A folder without a record is for `verify` to name.
      if (content === undefined || parsePath(`models/${name}/model.json`) === undefined) continue;
      const record = parseRecord("model", content, formatPath({ kind: "model", model: name }), commit);
      read.set(name, { name, called: calledName(record), record, folder: id });
    }
  }
  return new Map(
    items.flatMap(({ name }): [string, CatalogModel][] => {
      const model = read.get(name) ?? last.byFolder.get(name);
      return model === undefined ? [] : [[name, model]];
    }),
  );
}

/** Every name that is not a folder's: each is written once, so only new ones are read. */
async function readCalled(
  objects: GitObjects,
  commit: CommitId,
  tree: string | undefined,
  last: State,
): Promise<Map<string, string>> {
  const called = new Map<string, string>();
  const items = tree === undefined ? [] : await treeItems(objects, tree);
  const fresh: { name: string; path: string; id: string }[] = [];
  for (const { name: file, id } of items) {
    const path = `names/${file}`;
    const parsed = parsePath(path);
    if (parsed?.kind !== "called") continue;
    const known = last.called.get(parsed.name);
    if (known === undefined) fresh.push({ name: parsed.name, path, id });
    else called.set(parsed.name, known);
  }
  const found = await objects.readMany(
    fresh.map(({ id }) => id),
    MAX_RECORD_BYTES,
  );
  for (const [at, { name, path }] of fresh.entries()) {
    const content = found[at]?.content;
    if (content !== undefined) called.set(name, parseRecord("called", content, path, commit).model);
  }
  return called;
}

async function treeItems(objects: GitObjects, id: string) {
  const tree = await objects.read(id, MAX_TREE_BYTES);
  return tree?.type === "tree" ? parseTree(tree.content) : [];
}
