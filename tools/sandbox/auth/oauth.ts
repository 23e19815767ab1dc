import type { Context } from "hono";
import { html } from "hono/html";
import type { SandboxServer } from "../server.ts";
import type { State } from "../state.ts";
import { AuthorizationCodes, type ExchangeForm } from "./authorization-code.ts";

/**
 * GitHub's web flow: a page on which a person lets an App sign them in, a code for it, a token for the code. Nobody has a
 * password here: whoever opens the page chooses whom to be, and `login` names a person at once.
 */
export function serveOAuth(server: SandboxServer, state: State): void {
  const codes = new AuthorizationCodes(state);
  server.get("/login/oauth/authorize", (context) => {
    const asked = context.req.query();
    const app = [...state.apps.values()].find(({ clientId }) => clientId === asked["client_id"]);
    const [first] = app?.callbackUrls ?? [];
    if (app === undefined || first === undefined) return context.text("Not Found", 404);
    const redirect = asked["redirect_uri"] ?? first;
    const back = (to: string, words: Record<string, string>) => {
      const target = new URL(to);
      const { state: word } = asked;
      for (const [name, value] of Object.entries({ ...words, ...(word && { state: word }) }))
        target.searchParams.set(name, value);
      return context.redirect(target.toString());
    };
    if (!app.callbackUrls.includes(redirect)) return back(first, { error: "redirect_uri_mismatch" });
    const { code_challenge: challenge, code_challenge_method: method, login } = asked;
    // GitHub knows no plain challenge.
    if ((challenge ?? method) !== undefined && (method !== "S256" || !/^[\w-]{43}$/.test(challenge ?? "")))
      return back(redirect, { error: "invalid_request" });
    if (asked["denied"] !== undefined) return back(redirect, { error: "access_denied" });
    const account = state.accounts.get(login?.toLowerCase() ?? "");
    if (account?.type !== "User") return choosePerson(context, state, app.slug);
    return back(redirect, { code: codes.add({ app, account, redirect, challenge }) });
  });
  server.post("/login/oauth/access_token", async (context) => {
    const given = codes.exchange(readForm(context.req.query(), await context.req.text()));
    if (/json/.test(context.req.header("accept") ?? "")) return context.json(given);
    const words = Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]);
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    return context.body(new URLSearchParams(words).toString(), 200, headers);
  });
}

function choosePerson(context: Context, state: State, slug: string) {
  const link = (more: Record<string, string>) => `?${new URLSearchParams({ ...context.req.query(), ...more })}`;
  const people = [...state.accounts.values()].filter(({ type }) => type === "User");
  return context.html(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in to the stand-in</title><link rel="stylesheet" href="/page.css"></head>
<body><p class="stand-in">A stand-in for GitHub on this machine: for tests and demonstrations.</p>
<main><h1>Sign in to ${slug} as</h1><ul>${people.map(({ login }) => html`<li><a href="${link({ login })}">${login}</a></li>`)}</ul>
<p><a href="${link({ denied: "1" })}">Cancel</a></p></main></body></html>`);
}

/** What GitHub takes as query, as a form and as JSON. */
function readForm(query: ExchangeForm, text: string): ExchangeForm {
  const body = text.startsWith("{") ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
  return { ...query, ...body };
}
