import type { Refusal } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { CommitId } from "../../schemas/names.ts";
import { BoundedMap } from "../bounded-map.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import type { TreeItem } from "../git/tree-object.ts";
import { displayName } from "../promotion/apply-change.ts";
import { readTop } from "./branch-top.ts";
import { type CatalogVersion, type CheckedVersions, checkedVersions, type Trust } from "./catalog-versions.ts";
import { shardOf } from "./kinds.ts";
import type { History } from "./model-folder.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { MODELS_FOLDER, parsePathOf } from "./paths.ts";
import { refuseLost } from "./refuse-lost.ts";
import { treesOf } from "./snapshot.ts";

/** A model as one commit has it. Equal for as long as nothing in its folder changes. */
export interface CatalogModel {
  /** The folder's name. */
  readonly name: string;
  /** What it is called. */
  readonly displayName: string;
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
  /** Its versions' numbers, and what was decided of it without what that rested on. */
  history(model: CatalogModel): Promise<History>;
  /** Why what is in a stage must not be handed out; undefined where it may, or where the stage is empty and has to be. */
  stage(model: CatalogModel, stage: string): Promise<Refusal | undefined>;
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
/** So many are moved one by one. */
const FEW = 100;

/** The models that are in one folder of `models/`, by name; `id` is Git's of that folder. */
interface Shard {
  id: string;
  models: ReadonlyMap<string, CatalogModel>;
}

interface State {
  catalog: Catalog;
  trees: { models: string | undefined; names: string | undefined };
  shards: ReadonlyMap<string, Shard>;
  called: ReadonlyMap<string, string>;
}

const EMPTY: Omit<State, "catalog"> = {
  trees: { models: undefined, names: undefined },
  shards: new Map(),
  called: new Map(),
};

export function openCatalogs(objects: GitObjects, trust: Trust): Catalogs {
  const kept = new BoundedMap<CommitId, State>(MAX_CATALOGS);
  const versions = checkedVersions(objects, trust);
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
      versions.askSignersAgain();
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
  versions: CheckedVersions,
): Promise<State> {
  const top = new Map((await readTop(objects, commit)).map(({ name, id }) => [name, id]));
  const trees = { models: top.get(MODELS_FOLDER), names: top.get("names") };
  const models: Models =
    trees.models === last.trees.models
      ? { shards: last.shards, sorted: last.catalog.models }
      : await readModels(objects, commit, trees.models, last);
  const called =
    trees.names === last.trees.names ? last.called : await readDisplayNames(objects, commit, trees.names, last);
  const next = { trees, shards: models.shards, called };
  return { ...next, catalog: catalogOf(commit, next, models.sorted, versions) };
}

function catalogOf(
  commit: CommitId | undefined,
  { shards, called }: Pick<State, "shards" | "called">,
  models: readonly CatalogModel[],
  versions: CheckedVersions,
): Catalog {
  const folder = (name: string) => shards.get(shardOf(name))?.models.get(name);
  return {
    commit,
    models,
    find: (name) => folder(name) ?? folder(called.get(name) ?? ""),
    history: (model) => versions.history(model),
    version: (model, version) => versions.version(commit as CommitId, model, version),
    stage: (model, stage) => versions.stage(commit as CommitId, model, stage),
  };
}

interface Models {
  shards: ReadonlyMap<string, Shard>;
  sorted: readonly CatalogModel[];
}

/** The models of a tree; those whose folder is what it was are taken over. */
async function readModels(objects: GitObjects, commit: CommitId, id: string | undefined, last: State): Promise<Models> {
  const folders = id === undefined ? [] : await treeItems(objects, id);
  const shards = new Map<string, Shard>();
  const changed = folders.filter((folder) => {
    const known = last.shards.get(folder.name);
    if (known?.id === folder.id) shards.set(folder.name, known);
    return known?.id !== folder.id;
  });
  const gone = new Set(
    [...last.shards].flatMap(([name, { models }]) => (shards.has(name) ? [] : [...models.values()])),
  );
  const trees = await treesOf(objects, changed);
  const items = changed.flatMap(({ name: shard }, at) => (trees[at] ?? []).map((item) => ({ ...item, shard })));
  const read: CatalogModel[] = [];
  for (let from = 0; from < items.length; from += CHUNK)
    read.push(...(await recordsOf(objects, commit, items.slice(from, from + CHUNK), last)));
  const models = new Map(changed.map(({ name }) => [name, new Map<string, CatalogModel>()]));
  for (const model of read) models.get(shardOf(model.name))?.set(model.name, model);
  for (const { name, id } of changed) shards.set(name, { id, models: models.get(name) ?? new Map() });
  const fresh = read.filter((model) => !gone.delete(model));
  return { shards, sorted: inOrder(last.catalog.models, gone, fresh) };
}

async function recordsOf(
  objects: GitObjects,
  commit: CommitId,
  items: readonly (TreeItem & { shard: string })[],
  last: State,
): Promise<CatalogModel[]> {
  const lastOf = ({ shard, name, id }: TreeItem & { shard: string }) => {
    const model = last.shards.get(shard)?.models.get(name);
    return model?.folder === id ? model : undefined;
  };
  const changed = items.filter((item) => lastOf(item) === undefined);
  const records = await objects.readMany(
    changed.map(({ id }) => `${id}:model.json`),
    MAX_RECORD_BYTES,
  );
  for (const [at, { id }] of changed.entries())
    if (records[at] === undefined) await refuseLost(objects, id, "model.json");
  const read = changed.flatMap(({ shard, name, id }, at) => {
    const content = records[at]?.content;
    const path = `${MODELS_FOLDER}/${shard}/${name}/model.json`;
    // A folder without a record, or in another's place, is for `verify` to name.
    if (content === undefined || parsePathOf("model", path) === undefined) return [];
    const record = parseRecord("model", content, path, commit);
    return [{ name, displayName: displayName(record), record, folder: id }];
  });
  return [...items.flatMap((item) => lastOf(item) ?? []), ...read];
}

/** Puts few into the order that there is: sorting 10,000 names anew at each write would be most of its cost. */
function inOrder(
  last: readonly CatalogModel[],
  gone: ReadonlySet<CatalogModel>,
  fresh: readonly CatalogModel[],
): readonly CatalogModel[] {
  if (gone.size + fresh.length > FEW)
    return [...last.filter((model) => !gone.has(model)), ...fresh].sort((a, b) =>
      a.displayName < b.displayName ? -1 : 1,
    );
  const sorted = [...last];
  for (const model of gone) sorted.splice(sorted.indexOf(model, placeOf(sorted, model.displayName)), 1);
  for (const model of fresh) sorted.splice(placeOf(sorted, model.displayName), 0, model);
  return sorted;
}

/** Where the model that is called so stands, or belongs. */
function placeOf(sorted: readonly CatalogModel[], name: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as CatalogModel).displayName < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every name that is not a folder's: each is written once, so only new ones are read. */
async function readDisplayNames(
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
    const parsed = parsePathOf("display-name", path);
    if (parsed === undefined) continue;
    const known = last.called.get(parsed.name);
    if (known === undefined) fresh.push({ name: parsed.name, path, id });
    else called.set(parsed.name, known);
  }
  const found = await objects.readMany(
    fresh.map(({ id }) => id),
    MAX_RECORD_BYTES,
  );
  for (const [at, { name, path, id }] of fresh.entries()) {
    const { content } = found[at] ?? (await present(objects, id));
    called.set(name, parseRecord("display-name", content, path, commit).model);
  }
  return called;
}

async function treeItems(objects: GitObjects, id: string): Promise<TreeItem[]> {
  return (await treesOf(objects, [{ id }]))[0] ?? [];
}
