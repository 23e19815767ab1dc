import { serveOAuth } from "../auth/oauth.ts";
import { serveBlobs } from "../blobs.ts";
import { serveGit } from "../git/serve-git.ts";
import { serveApi } from "../http/serve-api.ts";
import { servePages } from "../page/serve-pages.ts";
import type { SandboxServer } from "../server.ts";
import type { State } from "../state.ts";
import { actionRoutes } from "./actions.ts";
import { appRoutes } from "./apps.ts";
import { authorizationRoutes } from "./authorizations.ts";
import { checkRoutes } from "./checks.ts";
import { deploymentRoutes } from "./deployments.ts";
import { environmentRoutes } from "./environments.ts";
import { graphqlRoutes } from "./graphql.ts";
import { issueRoutes } from "./issues.ts";
import { peopleRoutes } from "./people.ts";
import { pullRoutes } from "./pulls.ts";
import { repositoryRoutes } from "./repositories.ts";
import { rulesetRoutes } from "./rulesets.ts";

/** Serves all that the stand-in has. A path that it does not have says so, in GitHub's form. */
export function serve(server: SandboxServer, state: State): void {
  serveApi(server, state, [
    appRoutes,
    authorizationRoutes,
    peopleRoutes,
    pullRoutes,
    issueRoutes,
    graphqlRoutes,
    checkRoutes,
    deploymentRoutes,
    environmentRoutes,
    rulesetRoutes,
    actionRoutes,
    repositoryRoutes,
  ]);
  serveOAuth(server, state);
  serveBlobs(server, state);
  serveGit(server, state);
  servePages(server, state);
  server.notFound((context) => {
    const { pathname, search } = new URL(context.req.url);
    state.requests.push({ method: context.req.method, path: pathname + search, status: 404, by: "" });
    return context.json({ message: "Not Found (the stand-in has no such route)", status: "404" }, 404);
  });
}
