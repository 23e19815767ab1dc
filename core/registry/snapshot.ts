import { ModelName } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { isCalledName } from "./called.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath, type ModelPath, parsePath } from "./paths.ts";
import { refuseLost } from "./refuse-lost.ts";
import type { RegistrySnapshot } from "./registry.ts";
import { sourcePath } from "./sources.ts";

/** The registry at one commit, read from Git's objects. Rejects with REGISTRY_CORRUPT where the branch holds something else. */
export async function readSnapshot(objects: GitObjects, commit: string | undefined): Promise<RegistrySnapshot> {
  if (commit !== undefined) await refuseForeignBranch(objects, commit);

  // The tree of all models is large: a model's folder is searched in it once, or all are found when they are listed.
  let listed: ReadonlyMap<string, string> | undefined;
  const met = new Map<string, string>();
  const folderOf = async (model: string): Promise<string | undefined> => {
    if (commit === undefined || !ModelName.safeParse(model).success) return undefined;
    const known = listed === undefined ? met.get(model) : listed.get(model);
    if (known !== undefined || listed !== undefined) return known;
    const folder = await objects.read(`${commit}:models/${model}`);
    if (folder !== undefined) met.set(model, folder.id);
    else await refuseLost(objects, `${commit}^{tree}`, `models/${model}`);
    return folder?.id;
  };

  const read = async <Kind extends ModelPath["kind"]>(path: ModelPath & { kind: Kind }) => {
    const at = formatPath(path);
    if (commit === undefined || parsePath(at) === undefined) return undefined;
    const folder = await folderOf(path.model);
    const inside = at.slice(`models/${path.model}/`.length);
    const object = folder === undefined ? undefined : await objects.read(`${folder}:${inside}`, MAX_RECORD_BYTES);
    if (folder !== undefined && object === undefined) await refuseLost(objects, folder, inside);
    return object && { record: parseRecord(path.kind, object.content, at, commit), blob: object.id };
  };
  const itemsOf = async (tree: string, inside: string) => {
    const items = await objects.tree(`${tree}:${inside}`);
    if (items === undefined) await refuseLost(objects, tree === commit ? `${tree}^{tree}` : tree, inside);
    return items ?? [];
  };
  const filesOf = async (model: string, inside: string) => {
    const folder = await folderOf(model);
    return folder === undefined ? [] : (await itemsOf(folder, inside)).map(({ name }) => name);
  };

  const readAll = async <Kind extends keyof typeof FOLDERS>(
    model: string,
    kind: Kind,
    wanted: (path: ModelPath) => boolean = () => true,
  ) => {
    const names = await filesOf(model, FOLDERS[kind]);
    const paths = names.map((name) => parsePath(`models/${model}/${FOLDERS[kind]}/${name}`));
    const found = await Promise.all(
      paths.map((path) =>
        path?.kind === kind && wanted(path) ? read<Kind>(path as ModelPath & { kind: Kind }) : undefined,
      ),
    );
    return found.flatMap((each) => (each === undefined ? [] : [each.record]));
  };

  return {
    commit,
    async find(name) {
      if ((await folderOf(name)) !== undefined) return name;
      if (commit === undefined || !isCalledName(name)) return undefined;
      const path = formatPath({ kind: "called", name });
      const object = await objects.read(`${commit}:${path}`, MAX_RECORD_BYTES);
      if (object === undefined) await refuseLost(objects, `${commit}^{tree}`, path);
      return object && parseRecord("called", object.content, path, commit).model;
    },
    async models({ after = "", limit = Number.POSITIVE_INFINITY } = {}) {
      listed ??= new Map(
        commit === undefined ? [] : (await itemsOf(commit, "models")).map(({ name, id }) => [name, id]),
      );
      return [...listed.keys()]
        .filter((name) => name > after)
        .sort(byText)
        .slice(0, limit);
    },
    async calledNames() {
      const files = commit === undefined ? [] : ((await objects.tree(`${commit}:names`)) ?? []);
      return files.flatMap(({ name }) => {
        const path = parsePath(`names/${name}`);
        return path?.kind === "called" ? [path.name] : [];
      });
    },
    async model(model) {
      return (await read({ kind: "model", model }))?.record;
    },
    async versions(model) {
      const files = await filesOf(model, "versions");
      const paths = files.map((name) => parsePath(`models/${model}/versions/${name}`));
      return paths.flatMap((path) => (path?.kind === "version" ? [path.version] : [])).sort((a, b) => a - b);
    },
    async manifest(model, version) {
      const found = await read({ kind: "version", model, version });
      return found && { manifest: found.record, blob: found.blob };
    },
    async decision(model, id) {
      return (await read({ kind: "decision", model, id }))?.record;
    },
    decisions: async (model) => inOrder(await readAll(model, "decision"), ({ decided_at }) => decided_at),
    async request(model, id) {
      return (await read({ kind: "request", model, id }))?.record;
    },
    requests: async (model) => inOrder(await readAll(model, "request"), ({ requested_at }) => requested_at),
    async review(model, id) {
      return (await read({ kind: "review", model, id }))?.record;
    },
    reviews: async (model) => inOrder(await readAll(model, "review"), ({ at }) => at),
    async laterComparisons(model, version) {
      const ofIt = (path: ModelPath) => path.kind === "comparison" && path.version === version;
      return readAll(model, "comparison", ofIt);
    },
    async lastEvaluation(model, version) {
      const numbers = (await filesOf(model, "evaluations")).flatMap((name) => {
        const path = parsePath(`models/${model}/evaluations/${name}`);
        return path?.kind === "evaluation" && path.version === version ? [path.number] : [];
      });
      if (numbers.length === 0) return undefined;
      return read({ kind: "evaluation", model, version, number: Math.max(...numbers) });
    },
    async change(model, id) {
      return (await read({ kind: "change", model, id }))?.record;
    },
    changes: async (model) => inOrder(await readAll(model, "change"), ({ at }) => at),
    async metadata(model, version) {
      return (await read({ kind: "metadata", model, version }))?.record;
    },
    async hasSource(blob) {
      if (commit === undefined) return false;
      const path = sourcePath(blob);
      if ((await objects.read(`${commit}:${path}`, MAX_RECORD_BYTES)) !== undefined) return true;
      await refuseLost(objects, `${commit}^{tree}`, path);
      return false;
    },
    async acceptance(accepted) {
      if (commit === undefined) return undefined;
      const path = formatPath({ kind: "accepted", commit: accepted });
      const object = await objects.read(`${commit}:${path}`, MAX_RECORD_BYTES);
      if (object === undefined) await refuseLost(objects, `${commit}^{tree}`, path);
      return object && parseRecord("accepted", object.content, path, commit);
    },
    async registered(model, source) {
      return (await read({ kind: "registration", model, source }))?.record.version;
    },
  };
}

/** A branch that happens to be called registry is somebody's work: it is neither read nor written. */
export async function refuseForeignBranch(objects: GitObjects, commit: string): Promise<void> {
  const top = await objects.tree(commit);
  if (top === undefined) await refuseLost(objects, `${commit}^{tree}`, "models");
  const other = top?.find(({ name }) => !["models", "names", "sources", "accepted"].includes(name));
  if (other !== undefined)
    throw new SlipwayError("REGISTRY_CORRUPT", `The branch registry holds ${other.name}, which no registry has.`, {
      expected: "models/, names/, sources/ and accepted/ alone",
      found: `${other.name} in commit ${commit}`,
      hint: "Rename the branch if it is your own work (`git branch -m registry NAME`); otherwise `slipway verify` says more.",
    });
}

const FOLDERS = {
  decision: "promotions",
  request: "requests",
  review: "reviews",
  comparison: "comparisons",
  change: "changes",
} as const;

function inOrder<T extends { id: string }>(records: readonly T[], at: (record: T) => string): T[] {
  return [...records].sort((a, b) => byText(at(a), at(b)) || byText(a.id, b.id));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
