import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { looseRef } from "../git/loose-ref.ts";
import type { GitObjects } from "../git/objects.ts";
import { git, runGit } from "../git/run.ts";
import { isAncestor } from "./high-water-mark.ts";
import { formatPath, REGISTRY_REF } from "./paths.ts";
import { parseTag } from "./tags.ts";

/**
 * The newest commit that was seen of the repository's own registry: deleting the branch and its tags leaves it, and no remote
 * has a name that leads there.
 */
export const SEEN_REF = "refs/slipway-seen/registry";

export async function seenTip(objects: GitObjects): Promise<CommitId | undefined> {
  return looseRef(objects.repository, SEEN_REF) ?? (await resolveRef(objects.folder, SEEN_REF));
}

/** A branch that must be there and is not, or lacks what it had. */
export interface LostBranch {
  code: "BRANCH_MISSING" | "BRANCH_BROKEN" | "BRANCH_REWRITTEN";
  message: string;
  found: string;
  hint: string;
}

/** Where a ref points, without a look at the object; undefined where it is not there, or holds no id. */
export async function resolveRef(folder: string, ref: string): Promise<string | undefined> {
  const { code, stdout } = await runGit(folder, ["rev-parse", "--verify", "--quiet", ref]);
  return code === 0 ? stdout.toString().trim() : undefined;
}

/** Asked where the branch cannot be read: why not; undefined where nothing was ever registered here. */
export async function lostBranch(objects: GitObjects): Promise<LostBranch | undefined> {
  const { commonFolder } = objects.repository;
  const file = join(commonFolder, REGISTRY_REF);
  const id = await resolveRef(objects.folder, REGISTRY_REF);
  const copies = "Fetch it from a clone or a remote that has it (`git fetch URL registry`).";
  if (id !== undefined)
    return {
      code: "BRANCH_BROKEN",
      message: "The branch registry points at an object that is not there.",
      found: id,
      hint: "`slipway verify --repair` brings it back where a remote of this repository, or the copy that `--from` names, has it.",
    };
  // A folder holds branches whose names begin with registry/, or did.
  if ((await stat(file).catch(() => undefined))?.isFile())
    return {
      code: "BRANCH_BROKEN",
      message: "The branch registry is a file that holds no commit's id.",
      found: file,
      hint: `Delete the file. ${copies} The reflog (\`git reflog registry\`), where there is one, names its last commit.`,
    };
  const seen = await seenTip(objects);
  if (seen !== undefined && !(await onRemote(objects, seen)))
    return {
      code: "BRANCH_MISSING",
      message: "The branch registry was deleted: this repository has seen it.",
      found: `no ${REGISTRY_REF}`,
      hint: `Restore all of it with \`git update-ref ${REGISTRY_REF} ${seen}\`, and its tags with \`slipway verify --repair\`. If it was meant, accept it with \`git update-ref -d ${SEEN_REF}\`.`,
    };
  const newest = await newestTagged(objects);
  if (newest === undefined) return undefined;
  return {
    code: "BRANCH_MISSING",
    message: `The branch registry was deleted: the tag ${newest.tag} is there, on a commit of it.`,
    found: `no ${REGISTRY_REF}`,
    hint: `${copies} Without one, \`git branch registry ${newest.commit}\` restores all up to the newest version; what was done later and has no tag is lost.`,
  };
}

/** What a reader rejects with: an empty registry would be a wrong answer. */
export function branchLost({ code, message, ...about }: LostBranch): SlipwayError {
  return new SlipwayError(code === "BRANCH_BROKEN" ? "REGISTRY_CORRUPT" : "REGISTRY_REWRITTEN", message, about);
}

/** Asked of a branch that is there: whether it lacks what was seen of it. */
export async function setBack(objects: GitObjects, tip: CommitId): Promise<LostBranch | undefined> {
  const seen = await seenTip(objects);
  if (seen === undefined || seen === tip || (await isAncestor(objects.folder, seen, tip))) return undefined;
  return {
    code: "BRANCH_REWRITTEN",
    message: "The branch registry was set back or rewritten: it lacks what this repository has seen of it.",
    found: tip,
    hint: `Restore it with \`git update-ref ${REGISTRY_REF} ${seen}\`. If it was meant, accept it with \`git update-ref -d ${SEEN_REF}\`.`,
  };
}

/** A remote's branch has it: then the local one may go. */
async function onRemote(objects: GitObjects, seen: CommitId): Promise<boolean> {
  const args = ["for-each-ref", `--contains=${seen}`, "refs/remotes/*/registry"];
  return (await runGit(objects.folder, args)).stdout.length > 0;
}

const MOST_TAGS = 200;

/** The newest version's tag that stands on a commit with its manifest; none where a remote's branch has all that. */
async function newestTagged(objects: GitObjects): Promise<{ tag: string; commit: string } | undefined> {
  const format = "--format=%(refname)";
  const list = async (...args: string[]) =>
    (await git(objects.folder, ["for-each-ref", format, ...args])).toString().split("\n").filter(Boolean);
  const tags = (await list("--sort=-creatordate", "refs/tags/")).flatMap((ref) => {
    const tag = parseTag(ref.slice("refs/tags/".length));
    return tag?.kind === "version" && !tag.removed ? [{ ref, tag }] : [];
  });
  if (tags.length === 0 || (await list(`refs/remotes/*/registry`)).length > 0) return undefined;
  const some = tags.slice(0, MOST_TAGS);
  const found = await objects.readMany(
    some.flatMap(({ ref, tag }) => [`${ref}^{commit}`, `${ref}^{commit}:${formatPath(tag)}`]),
  );
  const tagged = new Map<string, string>();
  for (const [at, { ref }] of some.entries()) {
    const [commit, manifest] = found.slice(2 * at);
    // Other tools have tags of this form, on commits of their own.
    if (commit !== undefined && manifest !== undefined) tagged.set(commit.id, ref.slice("refs/tags/".length));
  }
  if (tagged.size === 0) return undefined;
  // Of several of one second the branch's order decides: each commit leads to all before it.
  const args = ["rev-list", "--topo-order", "--max-count=1", ...tagged.keys(), "--"];
  const commit = (await git(objects.folder, args)).toString().trim();
  return { tag: tagged.get(commit) ?? "", commit };
}
