import type { Actor } from "../auth/actor.ts";
import { levelOf, reaches } from "../auth/levels.ts";
import type { Level, Repo, Ruleset, State } from "../state.ts";
import { fits } from "./pattern.ts";
import type { Rule } from "./rule.ts";

export const NO_OBJECT = "0".repeat(40);

/** A ref that somebody wants to move; NO_OBJECT where it is made or removed. */
export interface RefUpdate {
  ref: string;
  old: string;
  new: string;
}

/** GitHub's ids of repository roles in a ruleset. */
const ROLES: Readonly<Record<number, Level>> = { 2: "maintain", 4: "write", 5: "admin" };

const WORDS = {
  creation: "Cannot create ref due to creations being restricted.",
  update: "Cannot update this protected ref.",
  deletion: "Cannot delete this ref.",
};

/** Why this update is refused by rules, but for what only Git can say (a force push); undefined where it may pass. */
export function violation(state: State, repo: Repo, actor: Actor, update: RefUpdate): string | undefined {
  const type = update.old === NO_OBJECT ? "creation" : update.new === NO_OBJECT ? "deletion" : "update";
  if (!rulesFor(state, repo, update.ref, actor).some(({ rule }) => rule.type === type)) return undefined;
  return `GH013: Repository rule violations found for ${update.ref}.\n- ${WORDS[type]}`;
}

/** Whether the ref may only move forward for this actor. */
export function forwardOnly(state: State, repo: Repo, actor: Actor, ref: string): boolean {
  return rulesFor(state, repo, ref, actor).some(({ rule }) => rule.type === "non_fast_forward");
}

/** The active rules of a ref; without those that the actor may bypass, where one is named. */
export function rulesFor(state: State, repo: Repo, ref: string, actor?: Actor): { ruleset: Ruleset; rule: Rule }[] {
  return [...repo.rulesets.values()]
    .filter(
      ({ target, enforcement }) =>
        enforcement === "active" && ref.startsWith(`refs/${target === "tag" ? "tags" : "heads"}/`),
    )
    .filter(({ include, exclude }) => fitsAny(repo, include, ref) && !fitsAny(repo, exclude, ref))
    .filter((ruleset) => actor === undefined || !ruleset.bypass.some((who) => bypasses(state, repo, actor, who)))
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ruleset, rule })));
}

function fitsAny(repo: Repo, patterns: readonly string[], ref: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === "~ALL") return true;
    return pattern === "~DEFAULT_BRANCH" ? ref === `refs/heads/${repo.defaultBranch}` : fits(pattern, ref);
  });
}

function bypasses(
  state: State,
  repo: Repo,
  actor: Actor,
  { actor_id, actor_type }: Ruleset["bypass"][number],
): boolean {
  // A job's own token is never a bypass actor, whatever the ruleset says.
  if (actor.kind === "installation") {
    return actor_type === "Integration" && actor.installation !== undefined && actor.app.id === actor_id;
  }
  if (actor.kind === "deploy-key") return actor_type === "DeployKey";
  if (actor.kind !== "user") return false;
  const { account } = actor;
  if (actor_type === "OrganizationAdmin") return repo.owner === account;
  if (actor_type === "Team") return state.teams.some(({ id, members }) => id === actor_id && members.has(account));
  const role = ROLES[actor_id ?? 0];
  return actor_type === "RepositoryRole" && role !== undefined && reaches(levelOf(repo, account), role);
}
