import { z } from "zod";
import { Account } from "../../github/account.ts";
import type { AskAsPerson } from "../people/ask-as-person.ts";
import type { PortalSettings } from "./settings.ts";

export interface GitHubSignInOptions {
  settings: PortalSettings;
  /** GitHub's own address, and its API's. */
  server: string;
  api: string;
  fetch: typeof fetch;
  ask: AskAsPerson;
  /** Told of each token before it is used, so that no log ever shows it. */
  conceal(token: string): void;
}

export type SignInResult =
  | { outcome: "signed-in"; account: Account; token: string }
  /** GitHub's word: `bad_verification_code`. */
  | { outcome: "refused"; why: string }
  | { outcome: "away" };

/** GitHub's web flow for Apps. Source: docs.github.com, Generating a user access token for a GitHub App. */
export interface GitHubSignIn {
  /** GitHub's page, for an attempt. */
  page(attempt: { state: string; challenge: string }): string;
  exchange(code: string, verifier: string): Promise<SignInResult>;
  /** Takes a person's token back, so that it opens nothing any more. Resolves to whether GitHub says that it is gone. */
  revoke(token: string): Promise<boolean>;
}

const PATIENCE = 10_000;
const Exchanged = z.union([
  z.object({ access_token: z.string().min(1).max(500) }),
  z.object({ error: z.string().max(100) }),
]);

export function githubSignIn({ settings, server, api, fetch, ask, conceal }: GitHubSignInOptions): GitHubSignIn {
  const { clientId, clientSecret, url } = settings;
  const redirect = `${url}/login/callback`;
  const send = async (address: string, method: string, body: object, headers: Record<string, string> = {}) => {
    const sent = { accept: "application/json", "content-type": "application/json", "user-agent": "slipway" };
    const signal = AbortSignal.timeout(PATIENCE);
    return fetch(address, { method, body: JSON.stringify(body), headers: { ...sent, ...headers }, signal });
  };
  return {
    page({ state, challenge }) {
      const asked = { client_id: clientId, redirect_uri: redirect, state };
      const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
      return `${server}/login/oauth/authorize?${new URLSearchParams({ ...asked, ...pkce })}`;
    },
    async exchange(code, verifier) {
      const asked = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirect };
      const answer = await send(`${server}/login/oauth/access_token`, "POST", {
        ...asked,
        ...{ code, code_verifier: verifier },
      })
        .then((response) => response.json())
        .catch(() => undefined);
      const { data } = Exchanged.safeParse(answer);
      if (data === undefined) return { outcome: "away" };
      if ("error" in data) return { outcome: "refused", why: data.error };
      conceal(data.access_token);
      const user = await ask("/user", data.access_token);
      const account = user.outcome === "given" ? Account.safeParse(user.body).data : undefined;
      return account === undefined ? { outcome: "away" } : { outcome: "signed-in", account, token: data.access_token };
    },
    async revoke(token) {
      const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
      const address = `${api}/applications/${encodeURIComponent(clientId)}/token`;
      const response = await send(address, "DELETE", { access_token: token }, { authorization }).catch(() => undefined);
      return response !== undefined && (response.ok || response.status === 404 || response.status === 422);
    },
  };
}
