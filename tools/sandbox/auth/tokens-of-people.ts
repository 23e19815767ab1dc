import type { Account, App, State } from "../state.ts";
import { addToken } from "../world/accounts.ts";

/** Seconds, as GitHub documents them: eight hours, and six months of 30.67 days. */
const EXPIRES_IN = 28_800;
const REFRESH_EXPIRES_IN = 15_897_600;

/** A person's token for an App, in the form in which GitHub hands it out. It ends, and its refresh token brings another one. */
export function issueTokens(state: State, app: App, account: Account) {
  const until = (seconds: number) => new Date(Date.parse(state.now()) + seconds * 1000).toISOString();
  const access_token = addToken(state, { kind: "user", account, app, expiresAt: until(EXPIRES_IN) });
  const refresh = {
    kind: "refresh",
    account,
    app,
    access: access_token,
    expiresAt: until(REFRESH_EXPIRES_IN),
  } as const;
  const refresh_token = addToken(state, refresh);
  return {
    ...{ access_token, expires_in: EXPIRES_IN, refresh_token, refresh_token_expires_in: REFRESH_EXPIRES_IN },
    ...{ scope: "", token_type: "bearer" },
  };
}

/** Takes back one token of a person for an App, with its refresh token; false if it is no such token. */
export function revokeToken(state: State, app: App, text: string): boolean {
  const token = state.tokens.get(text);
  if (token?.kind !== "user" || token.app !== app) return false;
  state.tokens.delete(text);
  for (const [refresh, one] of state.tokens) {
    if (one.kind === "refresh" && one.access === text) state.tokens.delete(refresh);
  }
  return true;
}

/** Takes back every token that a person has for an App. */
export function revokeGrant(state: State, app: App, account: Account): void {
  for (const [text, token] of state.tokens) {
    if ((token.kind === "user" || token.kind === "refresh") && token.app === app && token.account === account)
      state.tokens.delete(text);
  }
}
