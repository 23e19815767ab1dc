import { z } from "zod";
import type { Authorize } from "../../core/acts/authorize.ts";
import { type Act, type Actor, mayAct, teamsAsked } from "../../core/promotion/decide-authority.ts";
import type { Person } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Host } from "../host.ts";

/** Who asks. What GitHub knows of them is looked up once, when it is first needed, and then held for the event. */
export interface Asker {
  person: Person;
  /** Handed to an act, which asks with the policy that it decides by, in each attempt. */
  allowed(act: Act): Authorize;
}

const Level = z.enum(["none", "read", "triage", "write", "maintain", "admin"]);

export function askerOf(host: Host, login: string): Asker {
  let level: Promise<Actor["permission"]> | undefined;
  const memberships = new Map<string, Promise<boolean>>();
  const isIn = (team: string) => {
    const known = memberships.get(team) ?? isMember(host, team, login);
    memberships.set(team, known);
    return known;
  };
  return {
    person: { name: login, id: login },
    allowed: (act) => async (policy: Policy) => {
      level ??= permissionOf(host, login);
      const permission = await level;
      // Teams cost a call each: they are asked for where nothing else allows it.
      const refusal = mayAct(policy, act, { login, permission, teams: [] });
      const asked = teamsAsked(policy, act);
      if (refusal === undefined || asked.length === 0) return refusal;
      if (!host.canReadTeams) return mayAct(policy, act, { login, permission, teams: "unknown" });
      for (const team of asked) {
        if (await isIn(team)) return mayAct(policy, act, { login, permission, teams: [team] });
      }
      return refusal;
    },
  };
}

/** The level by its finer name; an organization's own role counts as the level that it is based on. */
async function permissionOf({ octokit, repository }: Host, login: string): Promise<Actor["permission"]> {
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
      ...{ owner: repository.owner, repo: repository.name, username: login },
    });
    return Level.safeParse(data.role_name).data ?? Level.catch("none").parse(data.permission);
  } catch (error) {
    if (isNotFound(error)) return "none";
    throw error;
  }
}

/** `org/team`; without an organization, the repository owner's. */
async function isMember({ octokit, repository }: Host, team: string, login: string): Promise<boolean> {
  const [slug = "", org = repository.owner] = team.split("/").reverse();
  try {
    const { data } = await octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug: slug, username: login });
    return data.state === "active";
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 404;
}
