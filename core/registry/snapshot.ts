import { ModelName } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath, parsePath, type RecordPath } from "./paths.ts";
import type { RegistrySnapshot } from "./registry.ts";

/** The registry at one commit, read from Git's objects. Rejects with REGISTRY_CORRUPT where the branch holds something else. */
export async function readSnapshot(objects: GitObjects, commit: string | undefined): Promise<RegistrySnapshot> {
  if (commit !== undefined) await refuseForeignBranch(objects, commit);

  // Known once models were listed: a page's records are then found without searching the tree of all models again.
  let folders: ReadonlyMap<string, string> | undefined;

  const read = async <Kind extends RecordPath["kind"]>(path: RecordPath & { kind: Kind }) => {
    const at = formatPath(path);
    if (commit === undefined || parsePath(at) === undefined) return undefined;
    const folder = folders?.get(path.model);
    const inside = at.slice(`models/${path.model}/`.length);
    const object = await objects.read(folder ? `${folder}:${inside}` : `${commit}:${at}`, MAX_RECORD_BYTES);
    return object && { record: parseRecord(path.kind, object.content, at, commit), blob: object.id };
  };
  const names = async (folder: string) => {
    return commit === undefined ? [] : ((await objects.tree(`${commit}:${folder}`)) ?? []);
  };

  return {
    commit,
    async models({ after = "", limit = Number.POSITIVE_INFINITY } = {}) {
      folders ??= new Map((await names("models")).map(({ name, id }) => [name, id]));
      return [...folders.keys()]
        .filter((name) => name > after)
        .sort(byText)
        .slice(0, limit);
    },
    async model(model) {
      return (await read({ kind: "model", model }))?.record;
    },
    async versions(model) {
      if (!ModelName.safeParse(model).success) return [];
      const files = await names(`models/${model}/versions`);
      const paths = files.map(({ name }) => parsePath(`models/${model}/versions/${name}`));
      return paths.flatMap((path) => (path?.kind === "version" ? [path.version] : [])).sort((a, b) => a - b);
    },
    async manifest(model, version) {
      const found = await read({ kind: "version", model, version });
      return found && { manifest: found.record, blob: found.blob };
    },
    async decision(model, id) {
      return (await read({ kind: "decision", model, id }))?.record;
    },
    async decisions(model) {
      if (commit === undefined || !ModelName.safeParse(model).success) return [];
      const folder = `models/${model}/promotions`;
      const paths = (await names(folder)).map(({ name }) => `${folder}/${name}`);
      const wanted = paths.filter((path) => parsePath(path)?.kind === "decision");
      const found = await objects.readMany(
        wanted.map((path) => `${commit}:${path}`),
        MAX_RECORD_BYTES,
      );
      return wanted
        .flatMap((path, at) => {
          const content = found[at]?.content;
          return content === undefined ? [] : [parseRecord("decision", content, path, commit)];
        })
        .sort((a, b) => byText(a.decided_at, b.decided_at) || byText(a.id, b.id));
    },
    async registered(model, source) {
      return (await read({ kind: "registration", model, source }))?.record.version;
    },
  };
}

/** A branch that happens to be called registry is somebody's work: it is neither read nor written. */
async function refuseForeignBranch(objects: GitObjects, commit: string): Promise<void> {
  const other = (await objects.tree(commit))?.find(({ name }) => name !== "models");
  if (other !== undefined)
    throw new SlipwayError("REGISTRY_CORRUPT", `The branch registry holds ${other.name}, which no registry has.`, {
      expected: "models/ alone",
      found: `${other.name} in commit ${commit}`,
      hint: "Rename the branch if it is your own work (`git branch -m registry NAME`); otherwise `slipway verify` says more.",
    });
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
