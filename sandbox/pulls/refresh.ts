import { changedFiles } from "../git/commits.ts";
import { askGit, commitOf, identity, serverGit } from "../git/run.ts";
import type { Account, Pull, Repo } from "../state.ts";

/**
 * Brings `refs/pull/<n>/head` and `/merge` of an open pull request up to its two branches, and what follows from
 * them: whether they can be merged, and how much changes.
 */
export async function refreshPull(repo: Repo, pull: Pull): Promise<void> {
  const { head, number } = pull;
  const name = `refs/pull/${number}`;
  head.sha = (await commitOf(head.repo.folder, `refs/heads/${head.ref}`)) ?? head.sha;
  if (head.repo !== repo) await serverGit(repo.folder, ["fetch", "-q", "--no-tags", head.repo.folder, head.sha]);
  await serverGit(repo.folder, ["update-ref", `${name}/head`, head.sha]);
  const base = (await commitOf(repo.folder, `refs/heads/${pull.base.ref}`)) ?? pull.base.sha;
  pull.base.sha = base;
  const words = `Merge ${head.sha} into ${base}`;
  const tree = await mergedTree(repo.folder, base, head.sha);
  pull.mergeable = tree !== undefined;
  pull.mergeCommit = null;
  if (tree !== undefined) {
    pull.mergeCommit = await commitTree(repo.folder, tree, [base, head.sha], words, pull.issue.user);
    await serverGit(repo.folder, ["update-ref", `${name}/merge`, pull.mergeCommit]);
  } else await serverGit(repo.folder, ["update-ref", "-d", `${name}/merge`]);
  const from = await forkPoint(repo, pull);
  const files = await changedFiles(repo.folder, from, head.sha);
  const commits = Number(await serverGit(repo.folder, ["rev-list", "--count", head.sha, `^${base}`]));
  const sum = (side: "additions" | "deletions") => files.reduce((total, file) => total + file[side], 0);
  pull.size = { commits, additions: sum("additions"), deletions: sum("deletions"), changedFiles: files.length };
}

/** Where the head branch left the base branch; undefined where they share nothing. */
export function forkPoint(repo: Repo, { base, head }: Pull): Promise<string | undefined> {
  return askGit(repo.folder, ["merge-base", base.sha, head.sha]);
}

/** The tree that Git's own merge makes; undefined where it conflicts or nothing is shared. */
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
