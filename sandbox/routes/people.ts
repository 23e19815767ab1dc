import { grants } from "../auth/access.ts";
import { legacyLevel, levelOf } from "../auth/levels.ts";
import type { Call, Route } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { Account } from "../state.ts";
import { showOwnProfile, showProfile, showUser } from "../views/account.ts";
import { findAccount } from "../world/accounts.ts";

/** People, and what they may do. */
export const peopleRoutes: readonly Route[] = [
  {
    on: "GET /user",
    needs: "person",
    handle: (call) => ({ body: showOwnProfile(call.state, call.account) }),
  },
  {
    on: "GET /users/:login",
    needs: "anybody",
    handle: (call) => ({ body: showProfile(call.state, namedAccount(call)) }),
  },
  {
    on: "GET /repos/:owner/:repo/collaborators/:login/permission",
    needs: { app: ["metadata:read"], person: "write" },
    handle: (call) => {
      const account = namedAccount(call);
      const level = account.type === "Bot" ? "none" : levelOf(call.repo, account);
      const user = { ...showUser(call.state, account), role_name: level };
      return { body: { permission: legacyLevel(level), role_name: level, user } };
    },
  },
  {
    on: "GET /orgs/:org/teams/:slug/memberships/:login",
    needs: "anybody",
    handle: (call) => {
      const organization = findAccount(call.state, call.param("org"));
      mayReadMembers(call, organization);
      const slug = call.param("slug");
      const team = call.state.teams.find((one) => one.organization === organization && one.slug === slug);
      const account = findAccount(call.state, call.param("login"));
      if (team === undefined || account === undefined || !team.members.has(account)) throw notFound();
      const url = `${call.state.url}/organizations/${team.organization.id}/team/${team.id}/memberships/${account.login}`;
      return { body: { state: "active", role: "member", url } };
    },
  },
];

function namedAccount(call: Call): Account {
  const account = findAccount(call.state, call.param("login"));
  if (account === undefined) throw notFound();
  return account;
}

/** Teams are for members, and for Apps that the organization gave its `members` permission. */
function mayReadMembers({ actor }: Call, organization: Account | undefined): void {
  if (actor.kind === "user") return;
  if (actor.kind !== "installation") throw new Refusal(401, "Requires authentication");
  const inside = actor.installation !== undefined && actor.installation.account === organization;
  if (!inside) throw notFound();
  if (!grants(actor.permissions, "members:read")) throw new Refusal(403, "Resource not accessible by integration");
}
