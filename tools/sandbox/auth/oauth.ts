import { randomBytes } from "node:crypto";
import type { SandboxServer } from "../server.ts";
import type { Account, App, State } from "../state.ts";
import { addToken } from "../world/accounts.ts";

interface Grant {
  app: App;
  account: Account;
  redirect: string;
}

/**
 * GitHub's web flow: a page on which a person lets an App sign them in, a code for it, a token for the code.
 * Nobody has a password here: whoever opens the page chooses whom to be.
 */
export function serveOAuth(server: SandboxServer, state: State): void {
  const grants = new Map<string, Grant>();
  server.get("/login/oauth/authorize", (context) => {
    const { client_id, redirect_uri = "", state: word = "", login } = context.req.query();
    const app = [...state.apps.values()].find(({ clientId }) => clientId === client_id);
    if (app === undefined || !URL.canParse(redirect_uri)) return context.text("Not Found", 404);
    const account = state.accounts.get(login?.toLowerCase() ?? "");
    const people = [...state.accounts.values()].filter(({ type }) => type === "User");
    if (account?.type !== "User") {
      const links = people.map(
        ({ login }) => `<li><a href="?${new URLSearchParams({ ...context.req.query(), login })}">${login}</a></li>`,
      );
      return context.html(
        `<!doctype html><title>Sign in to the stand-in</title><p>Sign in to ${encodeURIComponent(app.slug)} as</p><ul>${links.join("")}</ul>`,
      );
    }
    const code = randomBytes(10).toString("hex");
    grants.set(code, { app, account, redirect: redirect_uri });
    const target = new URL(redirect_uri);
    target.searchParams.set("code", code);
    if (word !== "") target.searchParams.set("state", word);
    return context.redirect(target.toString());
  });
  server.post("/login/oauth/access_token", async (context) => {
    const text = await context.req.text();
    const given: Record<string, string> = text.startsWith("{")
      ? JSON.parse(text)
      : Object.fromEntries(new URLSearchParams(text));
    const grant = grants.get(given["code"] ?? "");
    // A code works once, whoever tries it.
    grants.delete(given["code"] ?? "");
    const { app } = grant ?? {};
    if (grant === undefined || app === undefined) return context.json({ error: "bad_verification_code" });
    if (app.clientId !== given["client_id"] || app.clientSecret !== given["client_secret"]) {
      return context.json({ error: "incorrect_client_credentials" });
    }
    if ((given["redirect_uri"] ?? grant.redirect) !== grant.redirect)
      return context.json({ error: "redirect_uri_mismatch" });
    const token = addToken(state, { kind: "user", account: grant.account, app });
    return context.json({ access_token: token, token_type: "bearer", scope: "" });
  });
}
