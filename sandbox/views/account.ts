import type { Account, State } from "../state.ts";

/** GitHub's opaque ids: nobody may read anything from them. */
export const nodeId = (kind: string, id: number | string) => Buffer.from(`${kind}:${id}`).toString("base64url");

export function showUser(state: State, { id, login, type }: Account) {
  const url = `${state.url}/users/${encodeURIComponent(login)}`;
  const page = type === "Bot" ? `apps/${login.replace(/\[bot\]$/, "")}` : login;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `${state.url}/avatars/${id}`,
    gravatar_id: "",
    url,
    html_url: `${state.url}/${page}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}

/** Of a person as `GET /user` and `GET /users/:name` say it. */
export function showProfile(state: State, account: Account) {
  const none = { company: null, blog: "", location: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const { name, email, createdAt } = account;
  return { ...showUser(state, account), name, email, ...none, ...counts, created_at: createdAt, updated_at: createdAt };
}

/** What only the person sees. */
export function showOwnProfile(state: State, account: Account) {
  const counts = { private_gists: 0, total_private_repos: 0, owned_private_repos: 0, disk_usage: 0, collaborators: 0 };
  return { ...showProfile(state, account), ...counts, two_factor_authentication: true };
}

export function showOrganization(state: State, { id, login }: Account) {
  const url = `${state.url}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId("Organization", id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${state.url}/avatars/${id}`,
    description: "",
  };
}
