import type { Account, State } from "../state.ts";
import { links, nodeId } from "./links.ts";

const LINKS = `followers /followers following /following{/other_user} gists /gists{/gist_id} starred /starred{/owner}{/repo}
  subscriptions /subscriptions organizations /orgs repos /repos events /events{/privacy} received_events /received_events`;

export function showUser(state: State, { id, login, type }: Account) {
  const url = `${state.url}/users/${encodeURIComponent(login)}`;
  const html_url = `${state.url}/${type === "Bot" ? `apps/${login.replace(/\[bot\]$/, "")}` : login}`;
  const picture = { avatar_url: `${state.url}/avatars/${id}`, gravatar_id: "" };
  return {
    login,
    id,
    node_id: nodeId(type, id),
    ...picture,
    url,
    html_url,
    ...links(url, LINKS),
    type,
    site_admin: false,
  };
}

/** Of a person as `GET /users/:name` says it. */
export function showProfile(state: State, account: Account) {
  const { name, email, createdAt } = account;
  const none = { company: null, blog: "", location: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  return { ...showUser(state, account), name, email, ...none, ...counts, created_at: createdAt, updated_at: createdAt };
}

/** With what the person alone sees. */
export function showOwnProfile(state: State, account: Account) {
  const counts = { private_gists: 0, total_private_repos: 0, owned_private_repos: 0, disk_usage: 0, collaborators: 0 };
  return { ...showProfile(state, account), ...counts, two_factor_authentication: true };
}

const ORGANIZATION_LINKS = `repos /repos events /events hooks /hooks issues /issues members /members{/member}
  public_members /public_members{/member}`;

export function showOrganization(state: State, { id, login }: Account) {
  const url = `${state.url}/orgs/${login}`;
  const avatar_url = `${state.url}/avatars/${id}`;
  const node_id = nodeId("Organization", id);
  return { login, id, node_id, url, ...links(url, ORGANIZATION_LINKS), avatar_url, description: "" };
}
