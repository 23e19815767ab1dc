import type { Pull, Repo, State } from "../state.ts";
import { showUser } from "./account.ts";
import { commentsOn, showTopic } from "./issue.ts";
import { nodeId } from "./links.ts";
import { pageUrl, repoUrl, showRepoRef, showRepository } from "./repository.ts";

const MERGING = {
  ...{ allow_squash_merge: true, allow_merge_commit: true, allow_rebase_merge: true },
  ...{ allow_auto_merge: false, allow_update_branch: false, delete_branch_on_merge: false },
};

function showEnd(state: State, repo: Repo, ref: string, sha: string) {
  const label = `${repo.owner.login}:${ref}`;
  return { label, ref, sha, user: showUser(state, repo.owner), repo: { ...showRepository(state, repo), ...MERGING } };
}

/** The form of lists. */
export function showPullSimple(state: State, repo: Repo, pull: Pull) {
  const { id, number, issue, head, base, draft } = pull;
  const [api, html] = [repoUrl(state, repo), `${pageUrl(state, repo)}/pull/${number}`];
  const [self, about] = [`${api}/pulls/${number}`, `${api}/issues/${number}`];
  const links = {
    ...{ comments: `${about}/comments`, review_comments: `${self}/comments`, commits: `${self}/commits` },
    ...{ review_comment: `${api}/pulls/comments{/number}`, statuses: `${api}/statuses/${head.sha}` },
  };
  const urls = Object.fromEntries(Object.entries(links).map(([name, href]) => [`${name}_url`, href]));
  const shown = Object.entries({ self, html, issue: about, ...links }).map(([name, href]) => [name, { href }]);
  return {
    ...{ id, node_id: nodeId("PullRequest", id), url: self, html_url: html, issue_url: about, ...urls },
    ...{ diff_url: `${html}.diff`, patch_url: `${html}.patch`, _links: Object.fromEntries(shown) },
    ...showTopic(state, repo, issue),
    ...{ draft, requested_reviewers: [], requested_teams: [], auto_merge: null },
    ...{ merged_at: pull.mergedAt, merge_commit_sha: pull.mergeCommit },
    ...{ head: showEnd(state, head.repo, head.ref, head.sha), base: showEnd(state, repo, base.ref, base.sha) },
  };
}

export function showPull(state: State, repo: Repo, pull: Pull) {
  const { size, mergedAt, mergedBy } = pull;
  const { changedFiles: changed_files, ...rest } = size;
  const mergeable = mergedAt === null ? pull.mergeable : null;
  const mergeable_state = mergeable === null ? "unknown" : mergeable ? "clean" : "dirty";
  const merged_by = mergedBy === null ? null : showUser(state, mergedBy);
  return {
    ...showPullSimple(state, repo, pull),
    ...{ merged: mergedAt !== null, mergeable, rebaseable: mergeable, mergeable_state, merged_by },
    ...{ comments: commentsOn(repo, pull.issue).length, review_comments: 0, maintainer_can_modify: false },
    ...{ ...rest, changed_files },
  };
}

/** The few words on pull requests that checks and runs carry. */
export function showPullRef(state: State, repo: Repo, { id, number, head, base }: Pull) {
  const ends = {
    head: { ref: head.ref, sha: head.sha, repo: showRepoRef(state, head.repo) },
    base: { ref: base.ref, sha: base.sha, repo: showRepoRef(state, repo) },
  };
  return { url: `${repoUrl(state, repo)}/pulls/${number}`, id, number, ...ends };
}
