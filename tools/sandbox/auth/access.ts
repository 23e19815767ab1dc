import { notFound, Refusal } from "../http/refusal.ts";
import type { App, Level, Permissions, Repo } from "../state.ts";
import type { Actor } from "./actor.ts";
import { levelOf, reaches } from "./levels.ts";

/** What a route asks of who calls it. */
export type Needs =
  | "anybody"
  /** An App by its own JWT; an App's installation token; a person. */
  | "app"
  | "installation"
  | "user"
  /** An App by its client's id and secret. */
  | "client"
  | {
      /** Of an App's installation token: any of these, such as `checks:write`. Left out: Apps are refused. */
      app?: readonly string[];
      /** Of a person. Left out: people are refused, as where GitHub wants an App. */
      person?: Level;
    };

/** Throws as GitHub answers: 404 hides what may not be seen, 403 says what may not be done. */
export function mayCall(actor: Actor, repo: Repo | undefined, needs: Needs, writes: boolean): void {
  if (needs === "anybody" || needs === actor.kind) return;
  if (needs === "app") throw new Refusal(401, "A JSON web token could not be decoded");
  if (actor.kind === "app" || actor.kind === "client") throw new Refusal(401, "Bad credentials");
  if (typeof needs === "string" || repo === undefined) {
    throw new Refusal(actor.kind === "nobody" ? 401 : 403, "Requires authentication");
  }
  if (actor.kind === "deploy-key") throw new Refusal(403, "Deploy keys cannot use the API");
  if (actor.kind === "nobody") {
    if (repo.private) throw notFound();
    if (writes) throw new Refusal(401, "Requires authentication");
  } else if (actor.kind === "user") {
    const level = levelOf(repo, actor.account);
    if (level === "none") throw notFound();
    if (actor.app !== undefined) mayWithApp(actor.app, repo, needs.app, writes);
    if (needs.person === undefined) throw new Refusal(403, "You must authenticate via a GitHub App.");
    if (reaches(level, needs.person)) return;
    throw needs.person === "admin" ? notFound() : new Refusal(403, "Must have write access to this repository.");
  } else {
    const { app = [] } = needs;
    const inside = actor.repositories.has(repo);
    if (!inside && repo.private) throw notFound();
    if (inside ? app.some((need) => grants(actor.permissions, need)) : !writes) return;
    const headers = { "x-accepted-github-permissions": app.map((need) => need.replace(":", "=")).join("; ") };
    throw new Refusal(403, "Resource not accessible by integration", { headers });
  }
}

/** A person's token for an App does what both may: in repositories where the App is installed, by its permissions. */
function mayWithApp(app: App, repo: Repo, needed: readonly string[] = [], writes: boolean): void {
  const inside = isInstalled(app, repo);
  if (!inside && repo.private) throw notFound();
  if (inside ? needed.length === 0 || needed.some((need) => grants(app.permissions, need)) : !writes) return;
  throw new Refusal(403, "Resource not accessible by integration");
}

export function isInstalled(app: App, repo: Repo): boolean {
  return app.installations.some(({ repositories }) => repositories.has(repo));
}

/** Whether permissions hold one such as `checks:write`; writing includes reading, and metadata everyone may read. */
export function grants(permissions: Permissions, need: string): boolean {
  const [name = "", wanted] = need.split(":");
  const given = permissions[name];
  return need === "metadata:read" || given === "admin" || given === "write" || (given === "read" && wanted === "read");
}
