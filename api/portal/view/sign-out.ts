import { html } from "hono/html";
import type { Visitor } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import { formToken } from "../request/tokens.ts";

/** The button that signs out; nothing where nobody signs in. */
export function signOutForm({ signOut, session }: Pick<Visitor, "signOut" | "session">, now: Date): Html | "" {
  if (signOut === undefined) return "";
  return html`<form method="post" action="${signOut}"><input type="hidden" name="token" value="${formToken(session, now)}"><button>Sign out</button></form>`;
}
