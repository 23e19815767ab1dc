import { notFound, Refusal } from "../http/refusal.ts";
import type { Level, Permissions, Repo } from "../state.ts";
import type { Actor } from "./actor.ts";
import { levelOf, reaches } from "./levels.ts";

/** What a route asks of who calls it. */
export interface Needs {
  /** Of an App's installation token: any of these, such as `checks:write`. Left out: Apps are refused. */
  app?: readonly string[];
  /** Of a person. Left out: people are refused, as where GitHub wants an App. */
  person?: Level;
}

/** Rejects as GitHub does: 404 hides what may not be seen, 403 says what may not be done. */
export function mayCall(actor: Actor, repo: Repo, needs: Needs, writes: boolean): void {
  if (actor.kind === "app") throw new Refusal(401, "Bad credentials");
  if (actor.kind === "nobody") {
    if (repo.private) throw notFound();
    if (writes) throw new Refusal(401, "Requires authentication");
    return;
  }
  if (actor.kind === "deploy-key") throw new Refusal(403, "Deploy keys cannot use the API");
  if (actor.kind === "user") {
    const level = levelOf(repo, actor.account);
    if (level === "none") throw notFound();
    if (needs.person === undefined) throw new Refusal(403, "You must authenticate via a GitHub App.");
    if (!reaches(level, needs.person)) {
      throw needs.person === "admin" ? notFound() : new Refusal(403, "Must have write access to this repository.");
    }
    return;
  }
  if (!actor.repositories.has(repo)) {
    if (repo.private) throw notFound();
    if (!writes) return;
    throw notAccessible(needs.app);
  }
  if (!(needs.app ?? []).some((need) => grants(actor.permissions, need))) throw notAccessible(needs.app);
}

const notAccessible = (accepted: readonly string[] = []) =>
  new Refusal(403, "Resource not accessible by integration", undefined, {
    "x-accepted-github-permissions": accepted.map((need) => need.replace(":", "=")).join("; "),
  });

/** Whether permissions hold one such as `checks:write`; writing includes reading. */
export function grants(permissions: Permissions, need: string): boolean {
  const [name = "", wanted] = need.split(":");
  const given = permissions[name];
  if (name === "metadata") return true;
  return given === "admin" || given === "write" || (given === "read" && wanted === "read");
}
