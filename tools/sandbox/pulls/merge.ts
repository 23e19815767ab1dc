import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Doing, senderOf } from "../doing.ts";
import { askGit, commitOf, serverGit } from "../git/run.ts";
import { Refusal } from "../http/refusal.ts";
import { violation } from "../rules/enforce.ts";
import { missingCheck } from "../rules/required-checks.ts";
import type { Account, Pull, Repo } from "../state.ts";
import { markClosed, tellOfPull } from "./follow-branch.ts";
import { receivePush } from "./receive-push.ts";
import { commitTree, mergedTree } from "./refresh.ts";

type Method = "merge" | "squash" | "rebase";

export interface Words {
  title?: string | undefined;
  message?: string | undefined;
}

/** What the merge button does. Rejects with 405 if it may not or cannot, 409 where a branch moved. */
export async function mergePull(doing: Doing, pull: Pull, method: Method, words: Words): Promise<string> {
  const { repo } = doing;
  const ref = `refs/heads/${pull.base.ref}`;
  const by = senderOf(doing);
  const old = await commitOf(repo.folder, ref);
  const open = pull.issue.state === "open" && old !== undefined;
  const commit = open ? await mergeInto(repo, pull, old, by, method, words) : undefined;
  if (old === undefined || commit === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  const move = { ref, old, new: commit };
  const against = violation(doing, move) ?? missingCheck(doing, ref, pull.head.sha);
  if (against !== undefined) throw new Refusal(405, against);
  if ((await askGit(repo.folder, ["update-ref", ref, commit, old])) === undefined) {
    throw new Refusal(409, "Base branch was modified. Review and try the merge again.");
  }
  markClosed(doing, pull, { by, commit });
  await receivePush(doing, [move]);
  tellOfPull(doing, pull, "closed");
  return commit;
}

/** The commit that the method makes of a base and a pull request's head; undefined if they conflict. */
export async function mergeInto(
  repo: Repo,
  { number, head, issue }: Pull,
  base: string,
  by: Account,
  method: Method,
  { title, message }: Words = {},
): Promise<string | undefined> {
  if (method === "rebase") return rebase(repo.folder, base, head.sha);
  const tree = await mergedTree(repo.folder, base, head.sha);
  if (tree === undefined) return undefined;
  const squash = method === "squash";
  const from = `${head.repo.owner.login}/${head.ref}`;
  const subject = squash ? `${issue.title} (#${number})` : `Merge pull request #${number} from ${from}`;
  const body = message ?? (squash ? (issue.body ?? "") : issue.title);
  const text = `${`${title ?? subject}\n\n${body}`.trimEnd()}\n`;
  return commitTree(repo.folder, tree, squash ? [base] : [base, head.sha], text, squash ? issue.user : by);
}

/** Git 2.39 rebases in a work tree alone; every commit is written anew, as GitHub's button does. */
async function rebase(folder: string, base: string, head: string): Promise<string | undefined> {
  const tree = await mkdtemp(join(tmpdir(), "github-rebase-"));
  const env = { GIT_COMMITTER_NAME: "GitHub", GIT_COMMITTER_EMAIL: "noreply@github.com" };
  try {
    await serverGit(folder, ["worktree", "add", "-q", "--detach", "--force", tree, head]);
    const done = await askGit(tree, ["-c", "core.hooksPath=/dev/null", "rebase", "-q", "--no-ff", base], { env });
    return done === undefined ? undefined : await serverGit(tree, ["rev-parse", "HEAD"]);
  } finally {
    await rm(tree, { recursive: true, force: true });
    await serverGit(folder, ["worktree", "prune", "--expire=now"]);
  }
}
