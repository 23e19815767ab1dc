import { randomUUID } from "node:crypto";
import type { Hono } from "hono";
import type { Logger } from "probot";
import type { GitHub } from "../../github/connect.ts";
import type { Secrets } from "../../github/secrets.ts";
import { type CallMetrics, watchedFetch } from "../../github/watched-fetch.ts";
import type { ContextSource } from "../../repositories/context-source.ts";
import { askAsPerson } from "../people/ask-as-person.ts";
import { findInstalled } from "../people/find-installed.ts";
import { githubPeople } from "../people/github-people.ts";
import { mlflowRoutes } from "./routes.ts";

export interface ServeMlflowParts {
  github: GitHub;
  contexts: ContextSource;
  secrets: Secrets;
  metrics: CallMetrics;
  log: Logger;
  /** GitHub's own address. */
  server: string;
  /** GitHub's REST API. */
  api: string;
}

/**
 * MLflow's API as the running App serves it. GitHub is asked who the client is, and whether the App is installed in
 * the repository.
 */
export function serveMlflow({ github, contexts, secrets, metrics, log, server, api }: ServeMlflowParts): Hono {
  const { now } = Date;
  const fetch = watchedFetch(metrics);
  const installedIn = findInstalled({ github, server, now });
  return mlflowRoutes({
    people: githubPeople({ ask: askAsPerson({ api, fetch }), conceal: (token) => secrets.addPassing(token), now }),
    async within(fullName, act) {
      const found = await installedIn(fullName);
      if (found === undefined) return undefined;
      const delivery = `mlflow-${randomUUID()}`;
      return contexts.with({ ...found, event: "mlflow", delivery, again: false }, act);
    },
    onError: (error) => log.error({ err: error }, "MLflow's API went wrong"),
  });
}
