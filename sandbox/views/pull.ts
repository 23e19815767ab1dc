import type { Pull, Repo, State } from "../state.ts";
import { nodeId, showUser } from "./account.ts";
import { associationOf } from "./issue.ts";
import { pageUrl, repoUrl, showRepoRef, showRepository } from "./repository.ts";

const MERGING = {
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  delete_branch_on_merge: false,
};

function showEnd(state: State, repo: Repo, ref: string, sha: string) {
  const label = `${repo.owner.login}:${ref}`;
  return { label, ref, sha, user: showUser(state, repo.owner), repo: { ...showRepository(state, repo), ...MERGING } };
}

/** The form of lists. */
export function showPullSimple(state: State, repo: Repo, pull: Pull) {
  const { number, issue, head, base } = pull;
  const url = `${repoUrl(state, repo)}/pulls/${number}`;
  const issueUrl = `${repoUrl(state, repo)}/issues/${number}`;
  const page = `${pageUrl(state, repo)}/pull/${number}`;
  const links = {
    self: url,
    html: page,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repoUrl(state, repo)}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repoUrl(state, repo)}/statuses/${head.sha}`,
  };
  return {
    url,
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issueUrl,
    number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: showUser(state, issue.user),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    draft: pull.draft,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    head: showEnd(state, head.repo, head.ref, head.sha),
    base: showEnd(state, repo, base.ref, base.sha),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: associationOf(repo, issue.user),
    auto_merge: null,
    active_lock_reason: null,
  };
}

export function showPull(state: State, repo: Repo, pull: Pull) {
  const { size, mergeable, mergedAt, mergedBy } = pull;
  const comments = [...repo.comments.values()].filter((comment) => comment.issue === pull.issue).length;
  return {
    ...showPullSimple(state, repo, pull),
    merged: mergedAt !== null,
    mergeable: mergedAt === null ? mergeable : null,
    rebaseable: mergedAt === null ? mergeable : null,
    mergeable_state: mergedAt !== null || mergeable === null ? "unknown" : mergeable ? "clean" : "dirty",
    merged_by: mergedBy === null ? null : showUser(state, mergedBy),
    comments,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: size.commits,
    additions: size.additions,
    deletions: size.deletions,
    changed_files: size.changedFiles,
  };
}

/** The few words on pull requests that checks and runs carry. */
export function showPullRef(state: State, repo: Repo, { id, number, head, base }: Pull) {
  return {
    url: `${repoUrl(state, repo)}/pulls/${number}`,
    id,
    number,
    head: { ref: head.ref, sha: head.sha, repo: showRepoRef(state, head.repo) },
    base: { ref: base.ref, sha: base.sha, repo: showRepoRef(state, repo) },
  };
}
