import { EXPERIMENTS_REF } from "../../../core/experiments/open.ts";
import { openSharedBranch } from "../../../core/git/shared-branch.ts";
import { parseTree } from "../../../core/git/tree-object.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PortalHost } from "../request/host.ts";

/** Of the pull requests that runs reported of, the newest. */
const MOST_PULLS = 1_000;

/** The pull requests whose runs reported of a model, the newest first, as the branch `experiments` is here. */
export function pullsByModel({
  ports,
}: Pick<PortalHost, "ports">): () => Promise<ReadonlyMap<string, readonly number[]>> {
  const { objects, remote } = ports;
  const branch = openSharedBranch(objects, remote, EXPERIMENTS_REF);
  let known: { tip: CommitId | undefined; byModel: ReadonlyMap<string, readonly number[]> } = {
    ...{ tip: undefined, byModel: new Map() },
  };

  async function read(tip: CommitId): Promise<ReadonlyMap<string, readonly number[]>> {
    const folders = ((await objects.tree(`${tip}:pulls`)) ?? [])
      .filter(({ name, mode }) => mode === "40000" && /^[1-9]\d{0,9}$/.test(name))
      .map(({ name, id }) => ({ pull: Number(name), id }))
      .sort((a, b) => b.pull - a.pull)
      .slice(0, MOST_PULLS);
    const trees = await objects.readMany(folders.map(({ id }) => id));
    const byModel = new Map<string, number[]>();
    for (const [at, { pull }] of folders.entries())
      for (const { name } of parseTree(trees[at]?.content ?? Buffer.alloc(0))) {
        const model = name.replace(/\.json$/, "");
        byModel.set(model, [...(byModel.get(model) ?? []), pull]);
      }
    return byModel;
  }

  return async () => {
    const tip = await branch.tip();
    if (tip !== known.tip) known = { tip, byModel: tip === undefined ? new Map() : await read(tip) };
    return known.byModel;
  };
}
