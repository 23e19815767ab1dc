import { stat } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { git, runGit } from "../git/run.ts";
import { formatPath, REGISTRY_REF } from "./paths.ts";
import { parseTag } from "./tags.ts";

/** A branch that must be there and is not. */
export interface LostBranch {
  code: "BRANCH_MISSING" | "BRANCH_BROKEN";
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
  return new SlipwayError(code === "BRANCH_MISSING" ? "REGISTRY_REWRITTEN" : "REGISTRY_CORRUPT", message, about);
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
