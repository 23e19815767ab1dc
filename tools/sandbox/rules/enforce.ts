import { levelOf, reaches } from "../auth/levels.ts";
import type { Doing } from "../doing.ts";
import type { Level, Repo, Ruleset } from "../state.ts";
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

/** Why this update is refused by rules, but for what only Git can say (a force push); undefined if it may pass. */
export function violation(doing: Doing, update: RefUpdate): string | undefined {
  const type = update.old === NO_OBJECT ? "creation" : update.new === NO_OBJECT ? "deletion" : "update";
  if (!rulesFor(doing, update.ref).some(({ rule }) => rule.type === type)) return undefined;
  return `GH013: Repository rule violations found for ${update.ref}.\n- ${WORDS[type]}`;
}

/** Whether the ref may only move forward for this actor. */
export function forwardOnly(doing: Doing, ref: string): boolean {
  return rulesFor(doing, ref).some(({ rule }) => rule.type === "non_fast_forward");
}

/** The rules of a ref that this actor may not bypass. */
export function rulesFor(doing: Doing, ref: string): AppliedRule[] {
  return activeRules(doing.repo, ref).filter(({ ruleset }) => !ruleset.bypass.some((who) => bypasses(doing, who)));
}

interface AppliedRule {
  ruleset: Ruleset;
  rule: Rule;
}

export function activeRules(repo: Repo, ref: string): AppliedRule[] {
  const fitsAny = (patterns: readonly string[]) =>
    patterns.some((pattern) => {
      if (pattern === "~ALL") return true;
      return pattern === "~DEFAULT_BRANCH" ? ref === `refs/heads/${repo.defaultBranch}` : fits(pattern, ref);
    });
  return [...repo.rulesets.values()].flatMap((ruleset) => {
    const { target, enforcement, include, exclude, rules } = ruleset;
    const targeted = ref.startsWith(target === "tag" ? "refs/tags/" : "refs/heads/");
    const active = enforcement === "active" && targeted && fitsAny(include) && !fitsAny(exclude);
    return active ? rules.map((rule) => ({ ruleset, rule })) : [];
  });
}

function bypasses(
  { state, repo, actor }: Doing,
  { actor_id: id, actor_type: type }: Ruleset["bypass"][number],
): boolean {
  // A job's own token is never a bypass actor, whatever the ruleset says.
  if (actor.kind === "installation") {
    return type === "Integration" && actor.installation !== undefined && actor.app.id === id;
  }
  if (actor.kind !== "user") return actor.kind === "deploy-key" && type === "DeployKey";
  const { account } = actor;
  if (type === "OrganizationAdmin") return repo.owner === account;
  if (type === "Team") return state.teams.some((team) => team.id === id && team.members.has(account));
  const role = ROLES[id ?? 0];
  return type === "RepositoryRole" && role !== undefined && reaches(levelOf(repo, account), role);
}
