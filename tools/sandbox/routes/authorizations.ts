import { z } from "zod";
import { revokeGrant, revokeToken } from "../auth/tokens-of-people.ts";
import { Answer, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import type { App, Installation, Repo } from "../state.ts";
import { showInstallation } from "../views/app.ts";
import { showAccess } from "../views/repository.ts";

const TokenBody = z.object({ access_token: z.string() });

/** What people let an App do for them: the tokens, and the repositories that they see with the App. */
export function authorizationRoutes(on: AddRoute): void {
  on("DELETE /applications/:client/token", "client", async (call) => {
    const { access_token } = await call.body(TokenBody);
    if (!revokeToken(call.state, clientOf(call), access_token)) throw notFound();
    return new Answer(204);
  });
  on("DELETE /applications/:client/grant", "client", async (call) => {
    const app = clientOf(call);
    const { access_token } = await call.body(TokenBody);
    const token = call.state.tokens.get(access_token);
    if (token?.kind !== "user" || token.app !== app) throw notFound();
    revokeGrant(call.state, app, token.account);
    return new Answer(204);
  });
  on("GET /user/installations", "user", (call) => {
    const seen = appForPerson(call).installations.filter((one) => seenIn(call, one).length > 0);
    return list(seen, (one) => showInstallation(call.state, one), "installations");
  });
  on("GET /user/installations/:id/repositories", "user", (call) => {
    const installation = appForPerson(call).installations.find(({ id }) => String(id) === call.param("id"));
    const seen = installation === undefined ? [] : seenIn(call, installation);
    if (seen.length === 0) throw notFound();
    return list(seen, (repo: Repo) => showAccess(call.state, repo, call.account), "repositories");
  });
}

/** The App whose id and secret are the password; its own path alone. */
function clientOf(call: Call): App {
  const { app } = call;
  if (app === undefined || app.clientId !== call.param("client")) throw notFound();
  return app;
}

function appForPerson({ app }: Call): App {
  if (app !== undefined) return app;
  const words = "You must authenticate with an access token authorized to a GitHub App in order to list installations";
  throw new Refusal(403, words);
}

/** Access that was given: what is public for everybody is in no such list. */
function seenIn({ account }: Call, { repositories }: Installation): Repo[] {
  return [...repositories].filter(
    ({ owner, collaborators }) => owner === account || collaborators.has(account.login.toLowerCase()),
  );
}
