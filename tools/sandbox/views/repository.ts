import { levelOf, reaches } from "../auth/levels.ts";
import type { Account, Level, Repo, State } from "../state.ts";
import { showUser } from "./account.ts";
import { links, nodeId } from "./links.ts";

const LINKS = `archive /{archive_format}{/ref} assignees /assignees{/user} blobs /git/blobs{/sha} branches /branches{/branch}
  collaborators /collaborators{/collaborator} comments /comments{/number} commits /commits{/sha} forks /forks hooks /hooks
  compare /compare/{base}...{head} contents /contents/{+path} contributors /contributors deployments /deployments
  downloads /downloads events /events git_commits /git/commits{/sha} git_refs /git/refs{/sha} git_tags /git/tags{/sha}
  issue_comment /issues/comments{/number} issue_events /issues/events{/number} issues /issues{/number} keys /keys{/key_id}
  labels /labels{/name} languages /languages merges /merges milestones /milestones{/number} pulls /pulls{/number}
  notifications /notifications{?since,all,participating} releases /releases{/id} stargazers /stargazers tags /tags
  statuses /statuses/{sha} subscribers /subscribers subscription /subscription teams /teams trees /git/trees{/sha}`;

export const repoUrl = (state: State, repo: Repo) => `${state.url}/repos/${repo.fullName}`;
export const pageUrl = (state: State, repo: Repo) => `${state.url}/${repo.fullName}`;
export const showRepoRef = (state: State, repo: Repo) => ({ id: repo.id, url: repoUrl(state, repo), name: repo.name });

/** The short form that runs carry. */
export function showRepositoryLite(state: State, repo: Repo) {
  const { id, name, fullName, description } = repo;
  const what = { id, node_id: nodeId("Repository", id), name, full_name: fullName, private: repo.private, description };
  const url = repoUrl(state, repo);
  const owner = showUser(state, repo.owner);
  return { ...what, owner, html_url: pageUrl(state, repo), fork: repo.parent !== undefined, url, ...links(url, LINKS) };
}

const SETTINGS = {
  ...{ has_issues: true, has_projects: false, has_downloads: false, has_wiki: false, has_pages: false },
  ...{ has_discussions: false, allow_forking: true, is_template: false, web_commit_signoff_required: false },
  ...{ homepage: null, language: null, license: null, mirror_url: null, archived: false, disabled: false, size: 0 },
  ...{ stargazers_count: 0, watchers_count: 0, watchers: 0, topics: [], custom_properties: {} },
};

/** The form of webhooks and lists. */
export function showRepository(state: State, repo: Repo) {
  const forks = [...state.repositories.values()].filter((one) => one.parent === repo).length;
  const issues = [...repo.issues.values()].filter((issue) => issue.state === "open").length;
  const page = pageUrl(state, repo);
  const git = { git_url: `${page.replace("http:", "git:")}.git`, ssh_url: `git@127.0.0.1:${repo.fullName}.git` };
  return {
    ...showRepositoryLite(state, repo),
    ...SETTINGS,
    ...{ created_at: repo.createdAt, updated_at: repo.pushedAt, pushed_at: repo.pushedAt },
    ...{ ...git, clone_url: `${page}.git`, svn_url: page, default_branch: repo.defaultBranch },
    ...{ forks, forks_count: forks, open_issues: issues, open_issues_count: issues },
    visibility: repo.private ? "private" : "public",
  };
}

/** The form of lists of what a person sees, with what they may do there. */
export function showAccess(state: State, repo: Repo, account: Account): object {
  const level = levelOf(repo, account);
  const may = (needed: Level) => reaches(level, needed);
  const access = { pull: may("read"), triage: may("triage"), push: may("write"), maintain: may("maintain") };
  return { ...showRepository(state, repo), permissions: { ...access, admin: may("admin") } };
}

/** The form of `GET /repos/:owner/:repo`. */
export function showFullRepository(state: State, repo: Repo): object {
  const parent = repo.parent === undefined ? {} : { parent: showRepository(state, repo.parent) };
  const merging = { allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: true };
  return { ...showRepository(state, repo), ...merging, network_count: 0, subscribers_count: 0, ...parent };
}
