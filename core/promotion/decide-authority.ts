import type { Refusal } from "../../schemas/decision.ts";
import type { Policy } from "../../schemas/policy.ts";

/** What a person may be asked to be allowed to do. */
export type Act =
  | "promote"
  | "rollback"
  | "rollout"
  | "hold"
  | "unhold"
  | "approve"
  | "reject"
  | "retry"
  | "retrain"
  | "propose"
  | "snooze"
  | "score"
  | "register"
  | "edit"
  | "retire";

/** GitHub's permission levels on a repository, each with all below it. */
const LEVELS = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Permission = (typeof LEVELS)[number];

/** A person as GitHub knows them at the moment of decision. */
export interface Actor {
  login: string;
  /** GitHub's number for the account. */
  id: number;
  permission: Permission;
  /**
   * Whether access was given to this account, itself or through its organization: of a public repository everybody reads.
   * Looked up where `isNamed` says that it matters.
   */
  given: boolean;
  /** Those of `teamsAsked` that the person is in; `unknown` where the host cannot read teams. */
  teams: readonly string[] | "unknown";
}

type Role = NonNullable<NonNullable<Policy["roles"]>["promote"]>;
type Named = NonNullable<Role["users"]>[number];

/** The policy's role that each act needs; of a retry, a retrain and a score none, and so write access. */
export const ROLES = {
  promote: "promote",
  rollback: "promote",
  rollout: "promote",
  hold: "promote",
  unhold: "promote",
  approve: "approve",
  reject: "approve",
  retry: undefined,
  // It opens a pull request, as whoever may write can.
  retrain: undefined,
  propose: undefined,
  // It keeps a rollback from being done.
  snooze: "promote",
  score: undefined,
  register: "register",
  edit: undefined,
  retire: "promote",
} as const satisfies Record<Act, "promote" | "approve" | "register" | undefined>;

/**
 * Whether a person may do something, by the policy's roles: undefined, or why not. A role is had by GitHub's permission
 * level, by name, or by team, whichever comes first; where the policy declares none, by write access. A role that
 * names nobody is nobody's. A name with a number is that account, whatever its login is now; a name alone is whoever has
 * the login and was given access, so that a freed login is worth nothing to who takes it. Who has no access at all
 * may nothing. Whoever calls hands in the policy of the default branch's tip.
 */
export function authorizeAct(policy: Policy, act: Act, person: Actor): Refusal | undefined {
  const role = roleOf(policy, act);
  const { permission } = role;
  if (permission !== undefined && LEVELS.indexOf(person.permission) >= LEVELS.indexOf(permission)) return undefined;
  if (person.permission !== "none" && isPinned(role, person)) return undefined;
  if (person.given && isNamed(policy, act, person)) return undefined;
  const teams = teamsAsked(policy, act);
  const own = person.permission === "none" ? [] : person.teams;
  if (own === "unknown" && teams.length > 0) {
    return {
      code: "TEAMS_UNKNOWN",
      message: `Whether @${person.login} is in ${teams.map((team) => `@${team}`).join(" or ")} cannot be read here, and the policy asks for it to ${WORDS[act]}.`,
      hint: "Give the App read access to the organization's members, or name a permission or users under `roles` in slipway.yaml.",
    };
  }
  if (own !== "unknown" && own.some((team) => teams.includes(plain(team)))) return undefined;
  return {
    code: "NOT_ALLOWED",
    message: `@${person.login} may not ${WORDS[act]} here: the policy asks for ${roleWords(role)}, and @${person.login} has ${person.permission === "none" ? "no" : person.permission} access.`,
    hint: "Ask somebody who may, or change `roles` in slipway.yaml on the default branch.",
  };
}

/** Whether a role names the login alone: whoever has it counts with access that was given to them. */
export function isNamed(policy: Policy, act: Act, { login }: Pick<Actor, "login">): boolean {
  const { users = [] } = roleOf(policy, act);
  return users.some((user) => typeof user === "string" && plain(user) === login.toLowerCase());
}

function isPinned({ users = [] }: Role, { id }: Actor): boolean {
  return users.some((user) => typeof user !== "string" && user.id === id);
}

/** The teams that have a say on an act, as `org/team`, without `@`, in lower case: what a host has to look up. */
export function teamsAsked(policy: Policy, act: Act): string[] {
  return (roleOf(policy, act).teams ?? []).map(plain);
}

const WORDS: Record<Act, string> = {
  promote: "promote",
  rollback: "roll back",
  rollout: "pause, resume or abort a rollout",
  hold: "put a model on hold",
  unhold: "release a model from its hold",
  approve: "approve",
  reject: "reject",
  retry: "run the pipeline again",
  retrain: "ask for a retrain pull request",
  propose: "propose files for the default branch",
  snooze: "snooze a model's alarms",
  score: "have sealed labels opened for a fork",
  register: "register a version",
  edit: "change what is said of a model",
  retire: "archive, withdraw, rename or deprecate",
};

function roleOf(policy: Policy, act: Act): Role {
  const name = ROLES[act];
  return (name === undefined ? undefined : policy.roles?.[name]) ?? { permission: "write" };
}

/** Logins and teams ignore case, and people write them with `@`. */
function plain(name: string): string {
  return name.replace(/^@/, "").toLowerCase();
}

/** Who has a role, in words; by write access where the policy declares none. */
export function whoMay(policy: Policy, act: Act): string {
  return roleWords(roleOf(policy, act));
}

function roleWords({ permission, users = [], teams = [] }: Role): string {
  const names = [...users.map(userWords), ...teams.map(at)];
  const all = [...(permission === undefined ? [] : [`${permission} access`]), ...names];
  return all.length === 0 ? "a role that nobody has" : all.join(" or ");
}

function userWords(user: Named): string {
  return typeof user === "string" ? at(user) : `${at(user.login)} (${user.id})`;
}

function at(name: string): string {
  return `@${name.replace(/^@/, "")}`;
}
