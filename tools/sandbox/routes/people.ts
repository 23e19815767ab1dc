import { grants } from "../auth/access.ts";
import { legacyLevel, levelOf } from "../auth/levels.ts";
import { Answer } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import type { Account } from "../state.ts";
import { showOwnProfile, showProfile, showUser } from "../views/account.ts";
import { findAccount } from "../world/accounts.ts";

/** People, and what they may do. */
export function peopleRoutes(on: AddRoute): void {
  on("GET /user", "user", ({ state, account }) => showOwnProfile(state, account));
  on("GET /users/:login", "anybody", (call) => showProfile(call.state, namedAccount(call)));
  on("GET /user/:id", "anybody", (call) => showProfile(call.state, numberedAccount(call)));
  on("GET collaborators/:login", { app: ["metadata:read"], person: "write" }, (call) => {
    const account = namedAccount(call);
    const given = call.repo.owner === account || call.repo.collaborators.has(account.login.toLowerCase());
    if (!given) throw notFound();
    return new Answer(204, undefined);
  });
  on("GET collaborators/:login/permission", { app: ["metadata:read"], person: "write" }, (call) => {
    const account = namedAccount(call);
    const role_name = account.type === "Bot" ? "none" : levelOf(call.repo, account);
    return { permission: legacyLevel(role_name), role_name, user: { ...showUser(call.state, account), role_name } };
  });
  on("GET /orgs/:org/teams/:slug/memberships/:login", "anybody", (call) => {
    const organization = findAccount(call.state, call.param("org"));
    mayReadMembers(call, organization);
    const team = call.state.teams.find((one) => one.organization === organization && one.slug === call.param("slug"));
    const account = findAccount(call.state, call.param("login"));
    if (team === undefined || account === undefined || !team.members.has(account)) throw notFound();
    const url = `${call.state.url}/organizations/${team.organization.id}/team/${team.id}/memberships/${account.login}`;
    return { state: "active", role: "member", url };
  });
}

function namedAccount(call: Call): Account {
  const account = findAccount(call.state, call.param("login"));
  if (account === undefined) throw notFound();
  return account;
}

function numberedAccount(call: Call): Account {
  const id = Number(call.param("id"));
  const account = [...call.state.accounts.values()].find((one) => one.id === id);
  if (account === undefined) throw notFound();
  return account;
}

/** Teams are for people, and for Apps that the organization gave its `members` permission. */
function mayReadMembers({ actor }: Call, organization: Account | undefined): void {
  if (actor.kind === "user") return;
  if (actor.kind !== "installation") throw new Refusal(401, "Requires authentication");
  if (actor.installation?.account !== organization) throw notFound();
  if (!grants(actor.permissions, "members:read")) throw new Refusal(403, "Resource not accessible by integration");
}
