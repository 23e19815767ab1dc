import type { Account, Comment, Issue, Label, Reaction, Repo, State } from "../state.ts";
import { showUser } from "./account.ts";
import { showAppOrNull } from "./app.ts";
import { links, nodeId } from "./links.ts";
import { pageUrl, repoUrl } from "./repository.ts";

const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket"] as const;
const LINKS = "labels /labels{/name} comments /comments events /events timeline /timeline";

function associationOf(repo: Repo, account: Account): string {
  if (repo.owner === account) return "OWNER";
  return repo.collaborators.has(account.login.toLowerCase()) ? "COLLABORATOR" : "NONE";
}

function showReactions(url: string, reactions: readonly Reaction[]) {
  const counts = REACTIONS.map((name) => [name, reactions.filter(({ content }) => content === name).length] as const);
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
}

export function showReaction(state: State, _repo: Repo, { id, user, content, createdAt }: Reaction) {
  return { id, node_id: nodeId("Reaction", id), user: showUser(state, user), content, created_at: createdAt };
}

function showLabel(state: State, repo: Repo, { id, name }: Label) {
  const url = `${repoUrl(state, repo)}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: nodeId("Label", id), url, name, color: "ededed", default: false, description: null };
}

/** What issues and pull requests show alike. */
export function showTopic(state: State, repo: Repo, issue: Issue) {
  const { number, title, body, createdAt, updatedAt, closedAt, labels } = issue;
  return {
    ...{ number, title, body, state: issue.state, user: showUser(state, issue.user) },
    ...{ created_at: createdAt, updated_at: updatedAt, closed_at: closedAt },
    ...{
      locked: false,
      active_lock_reason: null,
      assignee: null,
      assignees: [],
      labels: labels.map((label) => showLabel(state, repo, label)),
      milestone: null,
    },
    author_association: associationOf(repo, issue.user),
  };
}

export const commentsOn = (repo: Repo, issue: Issue) =>
  [...repo.comments.values()].filter((comment) => comment.issue === issue);

const pageOf = (state: State, repo: Repo, { number }: Issue) =>
  `${pageUrl(state, repo)}/${repo.pulls.has(number) ? "pull" : "issues"}/${number}`;

export function showIssue(state: State, repo: Repo, issue: Issue) {
  const { id, number } = issue;
  const url = `${repoUrl(state, repo)}/issues/${number}`;
  const html_url = pageOf(state, repo, issue);
  const pull = repo.pulls.get(number);
  const patches = { diff_url: `${html_url}.diff`, patch_url: `${html_url}.patch`, merged_at: pull?.mergedAt ?? null };
  const half = { url: `${repoUrl(state, repo)}/pulls/${number}`, html_url, ...patches };
  return {
    ...{ id, node_id: nodeId("Issue", id), url, html_url, repository_url: repoUrl(state, repo), ...links(url, LINKS) },
    ...showTopic(state, repo, issue),
    ...{ comments: commentsOn(repo, issue).length, reactions: showReactions(url, []) },
    ...{ performed_via_github_app: null, state_reason: null },
    ...(pull === undefined ? {} : { draft: pull.draft, pull_request: half }),
  };
}

export function showComment(state: State, repo: Repo, { id, issue, user, app, body, reactions, ...comment }: Comment) {
  const url = `${repoUrl(state, repo)}/issues/comments/${id}`;
  return {
    ...{ id, node_id: nodeId("IssueComment", id), url, user: showUser(state, user), body },
    html_url: `${pageOf(state, repo, issue)}#issuecomment-${id}`,
    issue_url: `${repoUrl(state, repo)}/issues/${issue.number}`,
    ...{ created_at: comment.createdAt, updated_at: comment.updatedAt, author_association: associationOf(repo, user) },
    ...{ reactions: showReactions(url, reactions), performed_via_github_app: showAppOrNull(state, app) },
  };
}
