import { z } from "zod";
import type { Authorize } from "../../../core/acts/authorize.ts";
import { type Act, type Actor, authorizeAct, isNamed, teamsAsked } from "../../../core/promotion/decide-authority.ts";
import type { Person } from "../../../schemas/names.ts";
import type { Policy } from "../../../schemas/policy.ts";
import { type Account, personOf } from "../../github/account.ts";
import type { EventContext } from "../../github/event-context.ts";

/**
 * The person who asks. GitHub is asked about the person once, when that is first needed; the answer holds for the
 * event.
 */
export interface Requester {
  person: Person;
  /** Handed to an act, which asks with the policy that it decides by, in each attempt. */
  authorize(act: Act): Authorize;
}

const Level = z.enum(["none", "read", "triage", "write", "maintain", "admin"]);

/** What GitHub says of an account in a repository, under the login that it has now. */
type Standing = Pick<Actor, "login" | "id" | "permission">;

export function requesterOf(context: EventContext, account: Account): Requester {
  let found: Promise<Standing> | undefined;
  let given: Promise<boolean> | undefined;
  const memberships = new Map<string, Promise<boolean>>();
  const isIn = (team: string, login: string) => {
    const known = memberships.get(team) ?? isMember(context, team, login);
    memberships.set(team, known);
    return known;
  };
  return {
    person: personOf(account),
    authorize: (act) => async (policy: Policy) => {
      found ??= standingOf(context, account);
      const standing = await found;
      const read = standing.permission === "read" && isNamed(policy, act, standing);
      if (read) given ??= isCollaborator(context, standing.login);
      const more = standing.permission !== "none" && standing.permission !== "read";
      const person = { ...standing, given: more || (read && (await given) === true) };
      // Teams cost a call each: they are asked for if nothing else allows it.
      const refusal = authorizeAct(policy, act, { ...person, teams: [] });
      const asked = teamsAsked(policy, act);
      if (refusal === undefined || asked.length === 0) return refusal;
      if (!context.canReadTeams) return authorizeAct(policy, act, { ...person, teams: "unknown" });
      for (const team of asked) {
        if (await isIn(team, standing.login)) return authorizeAct(policy, act, { ...person, teams: [team] });
      }
      return refusal;
    },
  };
}

/**
 * GitHub is asked by login, and answers whose it is: where that is another account, the one that is meant has another
 * login by now. An account that is gone may nothing.
 */
async function standingOf(context: EventContext, { login, id }: Account): Promise<Standing> {
  const known = await levelOf(context, login);
  if (known?.id === id) return { login, ...known };
  const now = await loginOf(context, id);
  const found = now === undefined || now === login ? undefined : await levelOf(context, now);
  if (now === undefined || found?.id !== id) return { login, id, permission: "none" };
  return { login: now, ...found };
}

/** The level by its finer name; an organization's own role counts as the level that it is based on. */
async function levelOf(
  { octokit, repository }: EventContext,
  username: string,
): Promise<Omit<Standing, "login"> | undefined> {
  return unlessMissing(async () => {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
      ...{ owner: repository.owner, repo: repository.name, username },
    });
    const permission = Level.safeParse(data.role_name).data ?? Level.catch("none").parse(data.permission);
    return data.user ? { id: data.user.id, permission } : undefined;
  });
}

async function loginOf({ octokit }: EventContext, id: number): Promise<string | undefined> {
  return unlessMissing(async () => (await octokit.rest.users.getById({ account_id: id })).data.login);
}

/** Whether access was given: GitHub counts nobody who may only read what is public. */
async function isCollaborator({ octokit, repository }: EventContext, username: string): Promise<boolean> {
  const about = { owner: repository.owner, repo: repository.name, username };
  return (await unlessMissing(() => octokit.rest.repos.checkCollaborator(about))) !== undefined;
}

/** `org/team`; without an organization, the repository owner's. */
async function isMember({ octokit, repository }: EventContext, team: string, login: string): Promise<boolean> {
  const [slug = "", org = repository.owner] = team.split("/").reverse();
  const found = await unlessMissing(() =>
    octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug: slug, username: login }),
  );
  return found?.data.state === "active";
}

async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 404) return undefined;
    throw error;
  }
}
