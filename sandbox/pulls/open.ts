import type { Actor } from "../auth/actor.ts";
import { commitOf } from "../git/run.ts";
import { invalid } from "../http/refusal.ts";
import type { Account, Issue, Pull, Repo, State } from "../state.ts";
import { tellOfPull } from "./follow-branch.ts";
import { refreshPull } from "./refresh.ts";

export function addIssue(state: State, repo: Repo, user: Account, title: string, body: string | null): Issue {
  const now = state.now();
  const issue: Issue = {
    id: state.nextId(),
    number: repo.nextNumber++,
    title,
    body,
    user,
    state: "open",
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  repo.issues.set(issue.number, issue);
  return issue;
}

export interface NewPull {
  title: string;
  body: string | null;
  base: string;
  head: { repo: Repo; ref: string };
  draft: boolean;
}

/** Opens a pull request. Rejects with 422 where a branch is missing, nothing differs, or one is open already. */
export async function openPull(state: State, repo: Repo, user: Account, actor: Actor, wanted: NewPull): Promise<Pull> {
  const { head, base } = wanted;
  const headSha = await commitOf(head.repo.folder, `refs/heads/${head.ref}`);
  const baseSha = await commitOf(repo.folder, `refs/heads/${base}`);
  if (headSha === undefined) throw invalid("PullRequest", "invalid", "head");
  if (baseSha === undefined) throw invalid("PullRequest", "invalid", "base");
  const words = `${head.repo.owner.login}:${head.ref}`;
  const twin = [...repo.pulls.values()].find(
    (pull) =>
      pull.issue.state === "open" &&
      pull.head.repo === head.repo &&
      pull.head.ref === head.ref &&
      pull.base.ref === base,
  );
  if (twin !== undefined) {
    throw invalid("PullRequest", "custom", undefined, `A pull request already exists for ${words}.`);
  }
  if (headSha === baseSha) {
    throw invalid("PullRequest", "custom", undefined, `No commits between ${base} and ${head.ref}`);
  }
  const issue = addIssue(state, repo, user, wanted.title, wanted.body);
  const pull: Pull = {
    id: state.nextId(),
    number: issue.number,
    issue,
    draft: wanted.draft,
    head: { ...head, sha: headSha },
    base: { ref: base, sha: baseSha },
    mergeCommit: null,
    mergeable: null,
    size: { commits: 0, additions: 0, deletions: 0, changedFiles: 0 },
    mergedAt: null,
    mergedBy: null,
  };
  await refreshPull(repo, pull);
  repo.pulls.set(pull.number, pull);
  tellOfPull(state, repo, pull, "opened", actor);
  return pull;
}
