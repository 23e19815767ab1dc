import type { Repo, State } from "../state.ts";
import { nodeId, showUser } from "./account.ts";

/** What each `<name>_url` adds to the repository's own. */
const LINKS =
  `archive /{archive_format}{/ref} assignees /assignees{/user} blobs /git/blobs{/sha} branches /branches{/branch}
collaborators /collaborators{/collaborator} comments /comments{/number} commits /commits{/sha} compare /compare/{base}...{head}
contents /contents/{+path} contributors /contributors deployments /deployments downloads /downloads events /events
forks /forks git_commits /git/commits{/sha} git_refs /git/refs{/sha} git_tags /git/tags{/sha} hooks /hooks
issue_comment /issues/comments{/number} issue_events /issues/events{/number} issues /issues{/number} keys /keys{/key_id}
labels /labels{/name} languages /languages merges /merges milestones /milestones{/number}
notifications /notifications{?since,all,participating} pulls /pulls{/number} releases /releases{/id} stargazers /stargazers
statuses /statuses/{sha} subscribers /subscribers subscription /subscription tags /tags teams /teams trees /git/trees{/sha}`
    .split(/\s+/)
    .flatMap((word, index, words) => (index % 2 === 0 ? [[`${word}_url`, words[index + 1] ?? ""] as const] : []));

export const repoUrl = (state: State, repo: Repo) => `${state.url}/repos/${repo.fullName}`;
export const pageUrl = (state: State, repo: Repo) => `${state.url}/${repo.fullName}`;

/** The short form that runs carry. */
export function showRepositoryLite(state: State, repo: Repo) {
  const url = repoUrl(state, repo);
  return {
    id: repo.id,
    node_id: nodeId("Repository", repo.id),
    name: repo.name,
    full_name: repo.fullName,
    private: repo.private,
    owner: showUser(state, repo.owner),
    html_url: pageUrl(state, repo),
    description: repo.description,
    fork: repo.parent !== undefined,
    url,
    ...(Object.fromEntries(LINKS.map(([name, suffix]) => [name, url + suffix])) as Record<string, string>),
  };
}

/** The form of webhooks and lists. */
export function showRepository(state: State, repo: Repo) {
  const forks = [...state.repositories.values()].filter((one) => one.parent === repo).length;
  const issues = [...repo.issues.values()].filter((issue) => issue.state === "open").length;
  const page = pageUrl(state, repo);
  return {
    ...showRepositoryLite(state, repo),
    created_at: repo.createdAt,
    updated_at: repo.pushedAt,
    pushed_at: repo.pushedAt,
    git_url: `${page.replace("http:", "git:")}.git`,
    ssh_url: `git@127.0.0.1:${repo.fullName}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: issues,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repo.private ? "private" : "public",
    custom_properties: {},
    forks,
    open_issues: issues,
    watchers: 0,
    default_branch: repo.defaultBranch,
  };
}

/** The form of `GET /repos/:owner/:repo`. */
export function showFullRepository(state: State, repo: Repo): object {
  const parent = repo.parent === undefined ? {} : { parent: showRepository(state, repo.parent) };
  const merging = { allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: true };
  return { ...showRepository(state, repo), ...merging, network_count: 0, subscribers_count: 0, ...parent };
}

export const showRepoRef = (state: State, repo: Repo) => ({ id: repo.id, url: repoUrl(state, repo), name: repo.name });
