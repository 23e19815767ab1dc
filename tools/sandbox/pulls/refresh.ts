import { changedFiles } from "../git/commits.ts";
import { askGit, commitOf, identity, serverGit } from "../git/run.ts";
import type { Account, Pull, Repo } from "../state.ts";

/**
 * Brings `refs/pull/<n>/head` and `/merge` of an open pull request up to its two branches, and what follows from
 * them: whether they can be merged, and how much changes.
 */
export async function refreshPull(repo: Repo, pull: Pull): Promise<void> {
  const { folder } = repo;
  const { head, base, number } = pull;
  head.sha = (await commitOf(head.repo.folder, `refs/heads/${head.ref}`)) ?? head.sha;
  base.sha = (await commitOf(folder, `refs/heads/${base.ref}`)) ?? base.sha;
  if (head.repo !== repo) await serverGit(folder, ["fetch", "-q", "--no-tags", head.repo.folder, head.sha]);
  [pull.mergeCommit, pull.size] = await Promise.all([testMerge(repo, pull), sizeOf(repo, pull)]);
  pull.mergeable = pull.mergeCommit !== null;
  const name = `refs/pull/${number}`;
  const merge = pull.mergeCommit === null ? `delete ${name}/merge` : `update ${name}/merge ${pull.mergeCommit}`;
  await serverGit(folder, ["update-ref", "--stdin"], { input: `update ${name}/head ${head.sha}\n${merge}\n` });
}

/** The commit that a merge would make now; null if the branches conflict. */
async function testMerge({ folder }: Repo, { base, head, issue }: Pull): Promise<string | null> {
  const tree = await mergedTree(folder, base.sha, head.sha);
  if (tree === undefined) return null;
  return commitTree(folder, tree, [base.sha, head.sha], `Merge ${head.sha} into ${base.sha}`, issue.user);
}

async function sizeOf(repo: Repo, pull: Pull): Promise<Pull["size"]> {
  const { base, head } = pull;
  const commits = Number(await serverGit(repo.folder, ["rev-list", "--count", head.sha, `^${base.sha}`]));
  const files = await changedFiles(repo.folder, await forkPoint(repo, pull), head.sha);
  const sum = (side: "additions" | "deletions") => files.reduce((total, file) => total + file[side], 0);
  return { commits, additions: sum("additions"), deletions: sum("deletions"), changedFiles: files.length };
}

/** Where the head branch left the base branch; undefined if they share nothing. */
export function forkPoint(repo: Repo, { base, head }: Pull): Promise<string | undefined> {
  return askGit(repo.folder, ["merge-base", base.sha, head.sha]);
}

/** The tree that Git's own merge makes; undefined if it conflicts or nothing is shared. */
export function mergedTree(folder: string, base: string, head: string): Promise<string | undefined> {
  return askGit(folder, ["merge-tree", "--write-tree", "--no-messages", base, head]);
}

const GITHUB = { GIT_COMMITTER_NAME: "GitHub", GIT_COMMITTER_EMAIL: "noreply@github.com" };

/** Writes a commit as GitHub's button does: by a person, committed by GitHub. */
export function commitTree(
  folder: string,
  tree: string,
  parents: readonly string[],
  message: string,
  author: Account,
): Promise<string> {
  const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent])];
  return serverGit(folder, args, { input: message, env: { ...identity(author), ...GITHUB } });
}
