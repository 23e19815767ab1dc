import type { Account, Level, Repo } from "../state.ts";

const LEVELS: readonly Level[] = ["none", "read", "triage", "write", "maintain", "admin"];

/** What a person may do in a repository: everyone may read a public one, and its owner may do everything. */
export function levelOf(repo: Repo, account: Account): Level {
  if (repo.owner === account) return "admin";
  const given = repo.collaborators.get(account.login.toLowerCase()) ?? "none";
  return given === "none" && !repo.private ? "read" : given;
}

export function reaches(level: Level, needed: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(needed);
}

/** GitHub's older name of a level, as `permission` says it; `role_name` says the level itself. */
export function legacyLevel(level: Level): "none" | "read" | "write" | "admin" {
  if (level === "maintain") return "write";
  return level === "triage" ? "read" : level;
}
