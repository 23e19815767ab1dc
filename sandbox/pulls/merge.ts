import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Actor } from "../auth/actor.ts";
import { askGit, commitOf, serverGit } from "../git/run.ts";
import { Refusal } from "../http/refusal.ts";
import { rulesFor, violation } from "../rules/enforce.ts";
import type { Account, Pull, Repo, State } from "../state.ts";
import { markClosed, tellOfPull } from "./follow-branch.ts";
import { receivePush } from "./receive-push.ts";
import { commitTree, mergedTree } from "./refresh.ts";

export type Method = "merge" | "squash" | "rebase";

/** What the merge button does. Rejects with 405 where it may not or cannot, 409 where a branch moved. */
export async function mergePull(
  state: State,
  repo: Repo,
  pull: Pull,
  by: { account: Account; actor: Actor },
  method: Method,
  words: { title?: string | undefined; message?: string | undefined } = {},
): Promise<string> {
  const ref = `refs/heads/${pull.base.ref}`;
  const base = await commitOf(repo.folder, ref);
  if (pull.issue.state === "closed" || base === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  const commit = await mergeInto(repo, pull, base, by.account, method, words);
  if (commit === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  const move = { ref, old: base, new: commit };
  const against = violation(state, repo, by.actor, move) ?? missingCheck(state, repo, ref, pull.head.sha, by.actor);
  if (against !== undefined) throw new Refusal(405, against);
  if ((await askGit(repo.folder, ["update-ref", ref, commit, base])) === undefined) {
    throw new Refusal(409, "Base branch was modified. Review and try the merge again.");
  }
  markClosed(state, pull, { by: by.account, commit });
  await receivePush(state, repo, by.actor, [move]);
  tellOfPull(state, repo, pull, "closed", by.actor);
  return commit;
}

/** The commit that the method makes of a base and a pull request's head; undefined where they conflict. */
export async function mergeInto(
  repo: Repo,
  { number, head, issue }: Pull,
  base: string,
  by: Account,
  method: Method,
  { title, message }: { title?: string | undefined; message?: string | undefined } = {},
): Promise<string | undefined> {
  if (method === "rebase") return rebase(repo.folder, base, head.sha);
  const tree = await mergedTree(repo.folder, base, head.sha);
  if (tree === undefined) return undefined;
  const squash = method === "squash";
  const subject = squash
    ? `${issue.title} (#${number})`
    : `Merge pull request #${number} from ${head.repo.owner.login}/${head.ref}`;
  const body = message ?? (squash ? (issue.body ?? "") : issue.title);
  const parents = squash ? [base] : [base, head.sha];
  const text = `${title ?? subject}\n\n${body}`.trimEnd();
  return commitTree(repo.folder, tree, parents, `${text}\n`, squash ? issue.user : by);
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

/** Why a required check holds a merge back; undefined where each is there and passes, of the App that is asked for. */
function missingCheck(state: State, repo: Repo, ref: string, sha: string, actor: Actor): string | undefined {
  for (const { rule } of rulesFor(state, repo, ref, actor)) {
    if (rule.type !== "required_status_checks") continue;
    for (const { context, integration_id } of rule.parameters.required_status_checks) {
      const check = [...repo.checks.values()]
        .filter(({ name, suite }) => name === context && suite.headSha === sha)
        .findLast(({ suite }) => integration_id === undefined || suite.app.id === integration_id);
      if (check?.conclusion === undefined || check.conclusion === null) {
        return `Repository rule violations found\n\nRequired status check "${context}" is expected.`;
      }
      // As on GitHub: neutral and skipped pass.
      if (!["success", "neutral", "skipped"].includes(check.conclusion)) {
        return `Repository rule violations found\n\nRequired status check "${context}" is failing.`;
      }
    }
  }
  return undefined;
}
