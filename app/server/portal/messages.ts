import { html } from "hono/html";
import type { Page } from "../../../api/portal/request/page.ts";
import { messagePage } from "../../../api/portal/view/error-page.ts";

/** `/` for whom nobody knows. */
export const WELCOME: Page = {
  title: "Sign in",
  body: html`<h1>Slipway</h1>
<p>Models, their versions and every decision on them, as your repositories have them. You see here what you see on GitHub.</p>
<p><a class="button" href="/login">Sign in with GitHub</a></p>`,
};

/** What `POST /logout` answers. `revoked`: GitHub has taken the token back. */
export function signedOutPage(revoked: boolean): Page {
  const rest =
    "GitHub did not answer when it was asked to take this session's token back: it ends by itself within eight hours.";
  return {
    title: "Signed out",
    body: html`<h1>You are signed out</h1>${revoked ? "" : html`<p>${rest}</p>`}<p><a class="button" href="/login">Sign in again</a></p>`,
  };
}

const AGAIN = html`<p><a class="button" href="/login">Sign in</a></p>`;

/** Why somebody is not signed in after all. `why`: GitHub's own word. */
export function notSignedInPage(why: string): Page {
  const words: Record<string, [string, string]> = {
    access_denied: ["You did not let Slipway sign you in", "Nothing was read of your account."],
    not_begun: [
      "This sign-in was not begun in this browser",
      "Or it took longer than ten minutes, or another one was begun since, or it was finished already.",
    ],
    redirect_uri_mismatch: [
      "GitHub does not know this address of Slipway's",
      "Whoever runs the App adds SLIPWAY_URL/login/callback to its callback URLs on GitHub.",
    ],
  };
  const known = Object.hasOwn(words, why) ? words[why] : undefined;
  const [message, hint] = known ?? ["GitHub did not sign you in", `It says: ${why.slice(0, 100)}`];
  const page = messagePage({ code: "SIGNED_OUT", message, hint }, 403);
  return { ...page, body: html`${page.body}${AGAIN}` };
}

export function awayPage(): Page {
  const message = "GitHub did not answer: who you are cannot be known now";
  return messagePage({ code: "REMOTE_FAILED", message, hint: "Try again in a minute." }, 503);
}

/** The portal without its settings. */
export function offPage(missing: readonly string[]): Page {
  const hint = `Whoever runs this App turns it on by setting ${missing.join(", ")}: docs/app.md says how.`;
  return messagePage({ code: "CONFIG_INVALID", message: "The portal is off", hint }, 404);
}
