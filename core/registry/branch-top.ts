import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { parseCommit } from "../git/commit-object.ts";
import type { GitObjects } from "../git/objects.ts";
import { parseTree, type TreeItem } from "../git/tree-object.ts";
import { FORMAT, formatOf } from "./message.ts";
import { TOP_FOLDERS } from "./paths.ts";
import { refuseLost } from "./refuse-lost.ts";
import { SOURCES_FOLDER } from "./sources.ts";

const FOLDERS = [...TOP_FOLDERS, SOURCES_FOLDER];

/**
 * The top of the branch at a commit, looked at before anything else is read, in one round trip to Git. Rejects with
 * REGISTRY_NEWER where a newer slipway wrote the commit: what it means is not known here. Rejects with REGISTRY_CORRUPT where
 * the branch is somebody's work and no registry.
 */
export async function readTop(objects: GitObjects, commit: CommitId): Promise<TreeItem[]> {
  const [tip, tree] = await objects.readMany([commit, `${commit}^{tree}`]);
  if (tip === undefined || tree === undefined) await refuseLost(objects, `${commit}^{tree}`, FOLDERS[0] as string);
  const format = tip?.type === "commit" ? formatOf(parseCommit(tip.content).message) : undefined;
  if (format !== undefined && format > FORMAT)
    throw new SlipwayError("REGISTRY_NEWER", `A newer slipway wrote this registry: its format is ${format}.`, {
      expected: `format ${FORMAT}`,
      found: `format ${format} in commit ${commit}`,
      hint: "Upgrade slipway here: an older one could misread the registry, and so reads and writes none of it.",
    });
  const top = tree?.type === "tree" ? parseTree(tree.content) : [];
  const other = top.find(({ name }) => !FOLDERS.includes(name));
  if (other === undefined) return top;
  throw new SlipwayError("REGISTRY_CORRUPT", `The branch registry holds ${other.name}, which no registry has.`, {
    expected: `${FOLDERS.map((name) => `${name}/`).join(", ")} alone`,
    found: `${other.name} in commit ${commit}`,
    hint: "Rename the branch if it is your own work (`git branch -m registry NAME`); otherwise `slipway verify` says more.",
  });
}
