import { type Context, Hono } from "hono";
import { notOwnForm } from "../../../api/portal/forms/own-origin.ts";
import { readForm } from "../../../api/portal/forms/read-form.ts";
import { SECURITY_HEADERS } from "../../../api/portal/headers.ts";
import { pageResponse } from "../../../api/portal/page-response.ts";
import type { Page } from "../../../api/portal/request/page.ts";
import { checkToken } from "../../../api/portal/request/tokens.ts";
import { messagePage } from "../../../api/portal/view/error-page.ts";
import type { Attempts } from "./attempts.ts";
import type { GitHubSignIn } from "./github-sign-in.ts";
import { localPath } from "./local-path.ts";
import { awayPage, notSignedInPage, signedOutPage } from "./messages.ts";
import type { Sessions } from "./sessions.ts";

export interface SignInParts {
  attempts: Attempts;
  sessions: Sessions;
  github: GitHubSignIn;
  /** The address at which browsers reach the App. */
  url: string;
  now(): Date;
}

/** `/login`, `/login/callback` and `/logout`. */
export function signInRoutes({ attempts, sessions, github, url, now }: SignInParts): Hono {
  const app = new Hono();

  app.get("/login", async ({ req }) => {
    const { state, challenge, cookie } = await attempts.begin(localPath(req.query("to"), url));
    return redirect(github.page({ state, challenge }), cookie);
  });

  app.get("/login/callback", async (context) => {
    const { code, state, error } = context.req.query();
    const attempt = await attempts.take(context.req.raw, state);
    if (attempt === undefined) return show(context, notSignedInPage("not_begun"));
    if (error !== undefined) return show(context, notSignedInPage(error), attempts.clear());
    const result = await github.exchange((code ?? "").slice(0, 500), attempt.verifier);
    if (result.outcome === "refused") return show(context, notSignedInPage(result.why), attempts.clear());
    if (result.outcome === "away") return show(context, awayPage(), attempts.clear());
    await endSession(context);
    // Over an address that holds no other site's name, whatever the path says.
    const back = `${url}${localPath(attempt.to, url)}`;
    return redirect(back, await sessions.begin(result.account, result.token), attempts.clear());
  });

  app.post("/logout", async (context) => {
    const foreign = notOwnForm(context.req.raw.headers, url);
    if (foreign !== undefined) return show(context, messagePage({ code: "FOREIGN_FORM", message: foreign }, 403));
    const session = await sessions.of(context.req.raw);
    if (session !== undefined) {
      const { token } = await readForm(context.req.raw);
      const known = { id: session.id, secret: sessions.secret(session) };
      if (typeof token !== "string" || checkToken(known, token, now()) === undefined) {
        const hint = "Load the page again, and sign out from there.";
        const message = "This form is not of this session, or too old";
        return show(context, messagePage({ code: "FOREIGN_FORM", message, hint }, 403));
      }
    }
    return show(context, signedOutPage(await endSession(context)), sessions.clear());
  });

  /** For whoever else carries its cookie, too. Resolves to whether GitHub took the token back. */
  async function endSession({ req }: Context): Promise<boolean> {
    const session = await sessions.of(req.raw);
    if (session === undefined) return true;
    sessions.end(session);
    return github.revoke(session.token);
  }

  function show(context: Context, page: Page, ...cookies: string[]) {
    return withCookies(pageResponse(context.req.raw, page, { now: now() }), cookies);
  }
  return app;
}

function redirect(location: string, ...cookies: string[]): Promise<Response> {
  return withCookies(new Response(null, { status: 303, headers: { ...SECURITY_HEADERS, location } }), cookies);
}

async function withCookies(answer: Response | Promise<Response>, cookies: readonly string[]): Promise<Response> {
  const response = await answer;
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
