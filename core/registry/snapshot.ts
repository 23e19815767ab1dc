import { ModelName, type Sha256 } from "../../schemas/names.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree, type TreeItem } from "../git/tree-object.ts";
import { readTop } from "./branch-top.ts";
import { isDisplayName } from "./display-name.ts";
import {
  KINDS,
  type ModelPath,
  type PathOf,
  type RecordKind,
  type RecordOf,
  type RecordPath,
  shardOf,
  TEST_SET_FOLDER,
} from "./kinds.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { folderInside, formatPath, MODELS_FOLDER, modelFolder, parsePathOf, shardFolder } from "./paths.ts";
import { refuseLost } from "./refuse-lost.ts";
import type { RegistrySnapshot } from "./registry.ts";
import { sourcePath } from "./sources.ts";

/** The registry at one commit, read from Git's objects. Rejects with REGISTRY_CORRUPT where the branch holds something else. */
export async function readSnapshot(objects: GitObjects, commit: string | undefined): Promise<RegistrySnapshot> {
  if (commit !== undefined) await readTop(objects, commit);

  let listed: readonly string[] | undefined;
  const met = new Map<string, string>();
  const folderOf = async (model: string): Promise<string | undefined> => {
    if (commit === undefined || !ModelName.safeParse(model).success) return undefined;
    const known = met.get(model);
    if (known !== undefined) return known;
    const folder = await objects.read(`${commit}:${modelFolder(model)}`);
    if (folder !== undefined) met.set(model, folder.id);
    else await refuseLost(objects, `${commit}^{tree}`, modelFolder(model));
    return folder?.id;
  };

  /** One look into a folder that is known, or a path from the branch's root. */
  const read = async <Kind extends RecordKind>(at: PathOf<Kind>) => {
    const path = formatPath(at as RecordPath);
    if (commit === undefined || parsePathOf(at.kind, path) === undefined) return undefined;
    const { model } = at as { model?: string };
    const folder = model === undefined ? `${commit}^{tree}` : await folderOf(model);
    if (folder === undefined) return undefined;
    const inside = model === undefined ? path : path.slice(modelFolder(model).length + 1);
    const object = await objects.read(`${model === undefined ? commit : folder}:${inside}`, MAX_RECORD_BYTES);
    if (object === undefined) await refuseLost(objects, folder, inside);
    return object && { record: parseRecord<Kind>(at.kind, object.content, path, commit), blob: object.id };
  };
  const itemsOf = async (tree: string, inside: string) => {
    const items = await objects.tree(`${tree}:${inside}`);
    if (items === undefined) await refuseLost(objects, tree === commit ? `${tree}^{tree}` : tree, inside);
    return items ?? [];
  };
  const pathsOf = async <Kind extends ModelPath["kind"]>(kind: Kind, model: string) => {
    const [folder, inside] = [await folderOf(model), folderInside(kind)];
    const items = folder === undefined ? [] : await itemsOf(folder, inside);
    return items.flatMap(({ name }) => parsePathOf(kind, `${modelFolder(model)}/${inside}/${name}`) ?? []);
  };

  /** What is in another place than its own is no model: it is for `verify` to name. */
  const namesIn = async (shards: readonly { name: string; id: string }[]) =>
    (await treesOf(objects, shards)).flatMap((items, at) =>
      items.flatMap(({ name }) => (shardOf(name) === shards[at]?.name ? name : [])),
    );

  return {
    commit,
    async find(name) {
      if ((await folderOf(name)) !== undefined) return name;
      return isDisplayName(name) ? (await read({ kind: "display-name", name }))?.record.model : undefined;
    },
    async models({ after = "", limit = Number.POSITIVE_INFINITY } = {}) {
      listed ??= (await namesIn(commit === undefined ? [] : await itemsOf(commit, MODELS_FOLDER))).sort(byText);
      return listed.filter((name) => name > after).slice(0, limit);
    },
    async lookalikes(name) {
      if (commit === undefined) return [];
      const shard = await objects.read(`${commit}:${shardFolder(name)}`);
      if (shard === undefined) await refuseLost(objects, `${commit}^{tree}`, shardFolder(name));
      return shard === undefined ? [] : namesIn([{ name: shardOf(name), id: shard.id }]);
    },
    async displayNames() {
      const files =
        commit === undefined ? [] : ((await objects.tree(`${commit}:${KINDS["display-name"].path.top}`)) ?? []);
      return files.flatMap(
        ({ name }) => parsePathOf("display-name", `${KINDS["display-name"].path.top}/${name}`)?.name ?? [],
      );
    },
    async read(at) {
      return (await read(at))?.record;
    },
    async list<Kind extends ModelPath["kind"]>(
      kind: Kind,
      model: string,
      wanted: (at: PathOf<Kind>) => boolean = () => true,
    ) {
      const paths = (await pathsOf(kind, model)).filter(wanted);
      const found = (await Promise.all(paths.map((at) => read(at)))).flatMap((each) => each?.record ?? []);
      return inOrder(kind, found as RecordOf<Kind>[]);
    },
    model: async (model) => (await read({ kind: "model", model }))?.record,
    versions: async (model) => (await pathsOf("version", model)).map(({ version }) => version).sort((a, b) => a - b),
    async manifest(model, version) {
      const found = await read({ kind: "version", model, version });
      return found && { manifest: found.record, blob: found.blob };
    },
    async lastEvaluation(model, version) {
      const numbers = (await pathsOf("evaluation", model)).flatMap((at) => (at.version === version ? [at.number] : []));
      if (numbers.length === 0) return undefined;
      return read({ kind: "evaluation", model, version, number: Math.max(...numbers) });
    },
    async testSets() {
      const shards = commit === undefined ? [] : await itemsOf(commit, TEST_SET_FOLDER.top);
      const sets = (await treesOf(objects, shards)).flatMap((items, at) =>
        items.flatMap(({ name }) => TEST_SET_FOLDER.parse(`${TEST_SET_FOLDER.top}/${shards[at]?.name}/${name}`) ?? []),
      );
      return sets.map(({ test }) => test).sort(byText);
    },
    async listOfTestSet<Kind extends "try" | "overlap">(kind: Kind, test: Sha256) {
      if (commit === undefined) return [];
      const folder = `${TEST_SET_FOLDER.format({ test })}/${folderInside(kind)}`;
      const items = (await itemsOf(commit, folder)).filter(({ name }) => parsePathOf(kind, `${folder}/${name}`));
      const found = await objects.readMany(
        items.map(({ id }) => id),
        MAX_RECORD_BYTES,
      );
      const records = items.map(async ({ name, id }, at) => {
        const { content } = found[at] ?? (await present(objects, id));
        return parseRecord(kind, content, `${folder}/${name}`, commit);
      });
      return inOrder(kind, await Promise.all(records));
    },
    async hasSource(blob) {
      if (commit === undefined) return false;
      const path = sourcePath(blob);
      if ((await objects.read(`${commit}:${path}`, MAX_RECORD_BYTES)) !== undefined) return true;
      await refuseLost(objects, `${commit}^{tree}`, path);
      return false;
    },
  };
}

/** The entries of each tree, in one round trip. */
export async function treesOf(objects: GitObjects, trees: readonly { id: string }[]): Promise<TreeItem[][]> {
  const found = await objects.readMany(trees.map(({ id }) => id));
  return Promise.all(
    found.map(async (tree, at) => {
      const { type, content } = tree ?? (await present(objects, trees[at]?.id as string));
      return type === "tree" ? parseTree(content) : [];
    }),
  );
}

/** By their moments; records of one moment, or of none, by their paths. */
function inOrder<Kind extends RecordKind>(kind: Kind, records: readonly RecordOf<Kind>[]): RecordOf<Kind>[] {
  const at = KINDS[kind].at as ((record: RecordOf<Kind>) => string) | undefined;
  return at === undefined ? [...records] : [...records].sort((a, b) => byText(at(a), at(b)));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
