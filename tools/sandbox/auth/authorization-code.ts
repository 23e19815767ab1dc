import { createHash, randomBytes } from "node:crypto";
import type { Account, App, State } from "../state.ts";
import { issueTokens } from "./tokens-of-people.ts";

/** Milliseconds, as GitHub documents it. */
const LIVES = 600_000;

const WORDS = {
  bad_verification_code: "The code passed is incorrect or expired.",
  incorrect_client_credentials: "The client_id and/or client_secret passed are incorrect.",
  redirect_uri_mismatch: "The redirect_uri MUST match the registered callback URL for this application.",
  bad_refresh_token: "The refresh token passed is incorrect or expired.",
  unsupported_grant_type: "The grant_type is not supported.",
};

/** What a person agreed to on GitHub's page. */
export interface Grant {
  app: App;
  account: Account;
  redirect: string;
  /** The SHA-256 of a verifier that the exchange has to show (PKCE), in base64url. */
  challenge: string | undefined;
}

/** A form that came to `/login/oauth/access_token`. */
export type ExchangeForm = Readonly<Record<string, string>>;

/** The codes of one stand-in: each works once, for ten minutes, for its App alone. */
export class AuthorizationCodes {
  readonly #state: State;
  readonly #grants = new Map<string, Grant & { until: number }>();

  constructor(state: State) {
    this.#state = state;
  }

  add(grant: Grant): string {
    const code = randomBytes(10).toString("hex");
    this.#grants.set(code, { ...grant, until: Date.parse(this.#state.now()) + LIVES });
    return code;
  }

  /** Tokens for a code or for a refresh token, or why not: GitHub says both with status 200. */
  exchange(form: ExchangeForm) {
    const app = [...this.#state.apps.values()].find(({ clientId }) => clientId === form["client_id"]);
    if (app === undefined || app.clientSecret !== form["client_secret"]) return refused("incorrect_client_credentials");
    if (form["grant_type"] === "refresh_token") return this.#refresh(app, form["refresh_token"] ?? "");
    if ((form["grant_type"] ?? "authorization_code") !== "authorization_code") return refused("unsupported_grant_type");
    const code = form["code"] ?? "";
    const grant = this.#grants.get(code);
    // A code works once, also for whoever shows a wrong verifier.
    this.#grants.delete(code);
    if (grant === undefined || grant.app !== app || grant.until <= Date.parse(this.#state.now()))
      return refused("bad_verification_code");
    if ((form["redirect_uri"] ?? grant.redirect) !== grant.redirect) return refused("redirect_uri_mismatch");
    if (grant.challenge !== undefined && challengeOf(form["code_verifier"] ?? "") !== grant.challenge)
      return refused("bad_verification_code");
    return issueTokens(this.#state, app, grant.account);
  }

  #refresh(app: App, text: string) {
    const { tokens, now } = this.#state;
    const token = tokens.get(text);
    if (token?.kind !== "refresh" || token.app !== app || token.expiresAt <= now()) return refused("bad_refresh_token");
    tokens.delete(text);
    tokens.delete(token.access);
    return issueTokens(this.#state, app, token.account);
  }
}

/** In the form of GitHub's refusals. */
export function refused(error: keyof typeof WORDS) {
  const page = "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors";
  return { error, error_description: WORDS[error], error_uri: `${page}/#${error.replaceAll("_", "-")}` };
}

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
