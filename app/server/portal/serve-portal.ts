import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Logger } from "probot";
import { pageResponse } from "../../../api/portal/page-response.ts";
import type { GitHub } from "../../github/connect.ts";
import type { Secrets } from "../../github/secrets.ts";
import { type CallMetrics, watchedFetch } from "../../github/watched-fetch.ts";
import type { ContextSource } from "../../repositories/context-source.ts";
import type { Config } from "../config.ts";
import { askAsPerson } from "../people/ask-as-person.ts";
import { findInstalled } from "../people/find-installed.ts";
import { githubPeople } from "../people/github-people.ts";
import { seenRepositories } from "../people/seen-repositories.ts";
import { attempts } from "./attempts.ts";
import { githubSignIn } from "./github-sign-in.ts";
import { offPage } from "./messages.ts";
import { portalRoutes } from "./portal-routes.ts";
import { sessions } from "./sessions.ts";
import { portalSettings } from "./settings.ts";

export interface ServePortalParts {
  config: Config;
  github: GitHub;
  contexts: ContextSource;
  secrets: Secrets;
  metrics: CallMetrics;
  log: Logger;
  /** The folder of the portal's style and script. */
  assets: string;
  /** Where examples and programs are that new models start from. */
  packageRoot: string;
  clock(): Date;
}

/** The portal as the running App serves it; without its settings, a page that says which are missing. */
export function servePortal({
  config,
  github,
  contexts,
  secrets,
  metrics,
  log,
  assets,
  packageRoot,
  clock,
}: ServePortalParts): Hono {
  const settings = portalSettings(config);
  if ("missing" in settings) {
    log.info({ missing: settings.missing }, "the portal is off");
    const off = ({ req }: { req: { raw: Request } }) =>
      pageResponse(req.raw, offPage(settings.missing), { now: clock() });
    return new Hono().get("/", off).get("/login", off).get("/r/*", off);
  }
  const { GITHUB_API_URL: api, GITHUB_SERVER_URL: server } = config;
  const now = () => clock().getTime();
  const fetch = watchedFetch(metrics);
  const ask = askAsPerson({ api, fetch });
  const conceal = (token: string) => secrets.addPassing(token);
  const installedIn = findInstalled({ github, server, now });
  return portalRoutes({
    ...{ assets, packageRoot, url: settings.url, now: clock, reach: { api, server, fetch } },
    people: githubPeople({ ask, conceal, now }),
    sessions: sessions(settings, now),
    attempts: attempts(settings, now),
    github: githubSignIn({ settings, server, api, fetch, ask, conceal }),
    seen: seenRepositories({ ask, now }),
    async within(fullName, act) {
      const found = await installedIn(fullName);
      if (found === undefined) return undefined;
      const delivery = `portal-${randomUUID()}`;
      return contexts.with({ ...found, event: "portal", delivery, again: false }, act);
    },
    onError: (error) => log.error({ err: error }, "the portal went wrong"),
  });
}
