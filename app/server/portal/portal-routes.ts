import { Hono } from "hono";
import { portalAssets } from "../../../api/portal/assets.ts";
import { portal } from "../../../api/portal/http.ts";
import { pageResponse } from "../../../api/portal/page-response.ts";
import { errorPage, messagePage } from "../../../api/portal/view/error-page.ts";
import { personOf } from "../../github/account.ts";
import type { SeenRepositories } from "../people/seen-repositories.ts";
import { type EnterParts, enterPortal } from "./enter.ts";
import { awayPage, WELCOME } from "./messages.ts";
import { repositoriesPage } from "./repositories-page.ts";
import { type SignInParts, signInRoutes } from "./sign-in-routes.ts";

export interface PortalRoutesParts extends EnterParts, SignInParts {
  /** The folder of the portal's style and script. */
  assets: string;
  seen(token: string): Promise<SeenRepositories>;
  onError(error: unknown): void;
}

/** The portal of every repository that the App serves, below `/r/<owner>/<name>`, and the way in. */
export function portalRoutes(parts: PortalRoutesParts): Hono {
  const { assets, sessions, seen, url, onError, now } = parts;
  const app = new Hono({ strict: false });
  app.route("/", portalAssets(assets));
  app.route("/", signInRoutes(parts));

  app.get("/", async ({ req }) => {
    const session = await sessions.of(req.raw);
    const found = session && (await seen(session.token));
    if (session === undefined || found?.outcome !== "given") {
      const page = found?.outcome === "away" ? awayPage() : WELCOME;
      return pageResponse(req.raw, page, { now: now() });
    }
    const { id } = session;
    const visitor = {
      ...{ person: personOf(session.account), signOut: "/logout", readOnly: undefined },
      session: { id, secret: sessions.secret(session) },
    };
    return pageResponse(req.raw, repositoriesPage(found, new URL(req.url).searchParams), { visitor, now: now() });
  });

  app.route("/r/:owner/:name", portal({ enter: enterPortal(parts), origin: () => url, onError, now }));
  app.notFound(({ req }) => pageResponse(req.raw, messagePage(NOT_FOUND, 404), { now: now() }));
  app.onError((error, { req }) => {
    onError(error);
    return pageResponse(req.raw, errorPage(error), { now: now() });
  });
  return app;
}

const NOT_FOUND = { code: "NOT_FOUND", message: "There is no such page", hint: "Or you may not see it." };
