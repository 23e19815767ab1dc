/*
 * Stands in for the part of GitHub's toolkit that asks for OpenID Connect tokens: no Action of ours does, and it would load
 * an HTTP client at each start.
 */
export const OidcClient = {
  getIDToken(): never {
    throw new Error("no Action of Slipway's asks for an OpenID Connect token");
  },
};
