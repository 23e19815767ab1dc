import { z } from "zod";
import { METRIC_RULES } from "../../../core/acts/project.ts";
import type { GitObjects } from "../../../core/git/objects.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { modelsFolder, policyStages } from "../../../core/spec/policy-rules.ts";
import { loadPolicy } from "../../../core/spec/project.ts";
import { MAX_YAML_BYTES, readYaml } from "../../../core/spec/yaml.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { Policy } from "../../../schemas/policy.ts";

/** What the default branch's tip says of models and stages. */
export interface Setup {
  commit: CommitId | undefined;
  policy: Policy;
  /** In the policy's order. */
  stages: readonly string[];
  /** Who answers for a model, by its spec; undefined if that says nobody. */
  owner(model: Called): string | undefined;
  /** Git's id of the folder that its spec is in; undefined if it has none. */
  folder(model: Called): string | undefined;
}

type Called = Pick<CatalogModel, "name" | "displayName">;

interface Owned {
  /** Git's id of the spec's folder. */
  tree: string;
  owner: string | undefined;
}

const Spec = z.looseObject({ owner: z.string().max(200).optional() });
const CHUNK = 1_000;

export const NO_SETUP: Setup = {
  ...{ commit: undefined, policy: { slipway: 1 }, stages: policyStages({ slipway: 1 }) },
  ...{ owner: () => undefined, folder: () => undefined },
};

/** Reads it at a commit; of the specs, those whose folder is not what it was in the setup before. */
export function setups(objects: GitObjects): (commit: CommitId | undefined) => Promise<Setup> {
  let owners: ReadonlyMap<string, Owned> = new Map();
  let last = NO_SETUP;
  let reading: Promise<unknown> = Promise.resolve();

  async function read(commit: CommitId): Promise<Setup> {
    if (last.commit === commit) return last;
    const { policy } = await loadPolicy(openCommit(objects, commit), METRIC_RULES);
    const next = await ownersIn(objects, `${commit}:${modelsFolder(policy)}`, owners);
    owners = next;
    const of = ({ name, displayName }: Called) => next.get(displayName) ?? next.get(name);
    const about = { owner: (model: Called) => of(model)?.owner, folder: (model: Called) => of(model)?.tree };
    last = { commit, policy, stages: policyStages(policy), ...about };
    return last;
  }

  return async (commit) => {
    if (commit === undefined) return NO_SETUP;
    if (last.commit === commit) return last;
    const turn = reading.then(() => read(commit));
    reading = turn.catch(() => {});
    return turn;
  };
}

async function ownersIn(
  objects: GitObjects,
  folder: string,
  known: ReadonlyMap<string, Owned>,
): Promise<ReadonlyMap<string, Owned>> {
  const items = ((await objects.tree(folder)) ?? []).filter(({ mode }) => mode === "40000");
  const owners = new Map<string, Owned>();
  const changed = items.filter(({ name, id }) => {
    const before = known.get(name);
    if (before?.tree === id) owners.set(name, before);
    return before?.tree !== id;
  });
  for (let from = 0; from < changed.length; from += CHUNK) {
    const chunk = changed.slice(from, from + CHUNK);
    const files = await objects.readMany(
      chunk.map(({ id }) => `${id}:model.yaml`),
      MAX_YAML_BYTES,
    );
    for (const [at, { name, id }] of chunk.entries())
      owners.set(name, { tree: id, owner: ownerOf(files[at]?.content, name) });
  }
  return owners;
}

/** Of a spec that says it in a line of its own, as nearly all do, no more than that line is read: thousands of specs are long. */
function ownerOf(content: Buffer | undefined, name: string): string | undefined {
  if (content === undefined || !content.includes("owner")) return undefined;
  const lines = content.toString("utf8").match(/^owner:.*$(?!\r?\n\s)/gm) ?? [];
  const text = lines.length === 1 ? Buffer.from(lines[0] as string) : content;
  return Spec.safeParse(readYaml(text, name).value).data?.owner;
}
