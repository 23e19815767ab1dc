/*
 * Stands in for the part of GitHub's toolkit that asks for OpenID Connect tokens: actions/job/id-token.ts does
 * it, since this would load an HTTP client at each start.
 */
export const OidcClient = {
  getIDToken(): never {
    throw new Error("actions/job/id-token.ts asks for OpenID Connect tokens");
  },
};
