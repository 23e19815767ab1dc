import type { Account, Comment, Issue, Reaction, Repo, State } from "../state.ts";
import { nodeId, showUser } from "./account.ts";
import { showApp } from "./app.ts";
import { pageUrl, repoUrl } from "./repository.ts";

const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket"] as const;

export function associationOf(repo: Repo, account: Account): string {
  if (repo.owner === account) return "OWNER";
  return repo.collaborators.has(account.login.toLowerCase()) ? "COLLABORATOR" : "NONE";
}

function showReactions(url: string, reactions: readonly Reaction[]) {
  const counts = REACTIONS.map((name) => [name, reactions.filter(({ content }) => content === name).length] as const);
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
}

export function showReaction(state: State, { id, user, content, createdAt }: Reaction) {
  return { id, node_id: nodeId("Reaction", id), user: showUser(state, user), content, created_at: createdAt };
}

export function showIssue(state: State, repo: Repo, issue: Issue) {
  const { id, number } = issue;
  const url = `${repoUrl(state, repo)}/issues/${number}`;
  const pull = repo.pulls.get(number);
  const page = `${pageUrl(state, repo)}/${pull === undefined ? "issues" : "pull"}/${number}`;
  const half = {
    url: `${repoUrl(state, repo)}/pulls/${number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: pull?.mergedAt ?? null,
  };
  return {
    url,
    repository_url: repoUrl(state, repo),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    id,
    node_id: nodeId("Issue", id),
    number,
    title: issue.title,
    user: showUser(state, issue.user),
    labels: [],
    state: issue.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: [...repo.comments.values()].filter((comment) => comment.issue === issue).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: associationOf(repo, issue.user),
    active_lock_reason: null,
    body: issue.body,
    reactions: showReactions(url, []),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
    ...(pull === undefined ? {} : { draft: pull.draft, pull_request: half }),
  };
}

export function showComment(state: State, repo: Repo, comment: Comment) {
  const { id, issue, user, app } = comment;
  const url = `${repoUrl(state, repo)}/issues/comments/${id}`;
  return {
    url,
    html_url: `${pageUrl(state, repo)}/${repo.pulls.has(issue.number) ? "pull" : "issues"}/${issue.number}#issuecomment-${id}`,
    issue_url: `${repoUrl(state, repo)}/issues/${issue.number}`,
    id,
    node_id: nodeId("IssueComment", id),
    user: showUser(state, user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(repo, user),
    body: comment.body,
    reactions: showReactions(url, comment.reactions),
    performed_via_github_app: app === undefined ? null : showApp(state, app),
  };
}
