import { z } from "zod";
import { grants } from "../auth/access.ts";
import { redeliver } from "../events/deliver.ts";
import type { Call, Route } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { App, Installation, Repo } from "../state.ts";
import { showApp, showDelivery, showDeliveryItem, showInstallation } from "../views/app.ts";
import { showRepository } from "../views/repository.ts";
import { addToken } from "../world/accounts.ts";

const HOUR = 3_600_000;

const TokenRequest = z.object({
  permissions: z.record(z.string(), z.enum(["read", "write", "admin"])).optional(),
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.number()).optional(),
});

/** What an App asks about itself, by its own JWT, and what its installations may see. */
export const appRoutes: readonly Route[] = [
  {
    on: "GET /app",
    needs: "app",
    handle: (call) => {
      const app = appOf(call);
      return { body: { ...showApp(call.state, app), installations_count: app.installations.length } };
    },
  },
  {
    on: "GET /apps/:slug",
    needs: "anybody",
    handle: (call) => {
      const app = [...call.state.apps.values()].find(({ slug }) => slug === call.param("slug"));
      if (app === undefined) throw notFound();
      return { body: showApp(call.state, app) };
    },
  },
  {
    on: "GET /app/installations",
    needs: "app",
    handle: (call) => ({
      list: appOf(call).installations,
      show: (one: Installation) => showInstallation(call.state, one),
    }),
  },
  {
    on: "GET /app/installations/:id",
    needs: "app",
    handle: (call) => ({ body: showInstallation(call.state, installationOf(call)) }),
  },
  {
    on: "GET /repos/:owner/:repo/installation",
    needs: "app",
    handle: (call) => {
      const found = appOf(call).installations.find(({ repositories }) => repositories.has(call.repo));
      if (found === undefined) throw notFound();
      return { body: showInstallation(call.state, found) };
    },
  },
  { on: "POST /app/installations/:id/access_tokens", needs: "app", handle: makeToken },
  {
    on: "GET /installation/repositories",
    needs: "installation",
    handle: (call) => ({
      list: call.actor.kind === "installation" ? [...call.actor.repositories] : [],
      show: (repo: Repo) => showRepository(call.state, repo),
      wrap: (repositories, total_count) => ({ total_count, repository_selection: "selected", repositories }),
    }),
  },
  { on: "GET /app/hook/deliveries", needs: "app", handle: listDeliveries },
  {
    on: "GET /app/hook/deliveries/:id",
    needs: "app",
    handle: (call) => ({ body: showDelivery(appOf(call), deliveryOf(call)) }),
  },
  {
    on: "POST /app/hook/deliveries/:id/attempts",
    needs: "app",
    handle: (call) => {
      redeliver(call.state, appOf(call), deliveryOf(call));
      return { status: 202, body: {} };
    },
  },
];

function appOf({ actor }: Call): App {
  if (actor.kind !== "app") throw notFound();
  return actor.app;
}

function installationOf(call: Call): Installation {
  const found = appOf(call).installations.find(({ id }) => id === call.number("id"));
  if (found === undefined) throw notFound();
  return found;
}

function deliveryOf(call: Call) {
  const found = appOf(call).deliveries.find(({ id }) => id === call.number("id"));
  if (found === undefined) throw notFound();
  return found;
}

/** A token may ask for less than the installation has, and never for more. */
async function makeToken(call: Call) {
  const { state } = call;
  const installation = installationOf(call);
  const wanted = await call.body(TokenRequest);
  const whole = installation.app.permissions;
  const permissions = wanted.permissions === undefined ? whole : { metadata: "read" as const, ...wanted.permissions };
  const excess = Object.entries(permissions).find(([name, level]) => !grants(whole, `${name}:${level}`));
  if (excess !== undefined) {
    throw new Refusal(422, "The permissions requested are not granted to this installation.");
  }
  const { repositories: names, repository_ids: ids } = wanted;
  const narrowed = names !== undefined || ids !== undefined;
  // One that is not narrowed follows the installation: it sees what is added later.
  const repositories = narrowed
    ? new Set([...installation.repositories].filter(({ name, id }) => names?.includes(name) || ids?.includes(id)))
    : installation.repositories;
  if (narrowed && repositories.size < (names?.length ?? 0) + (ids?.length ?? 0)) {
    throw new Refusal(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const expiresAt = new Date(Date.parse(state.now()) + HOUR).toISOString().replace(".000Z", "Z");
  const token = addToken(state, {
    kind: "installation",
    app: installation.app,
    installation,
    permissions,
    repositories,
    expiresAt,
  });
  const shown = narrowed ? { repositories: [...repositories].map((repo) => showRepository(state, repo)) } : {};
  return {
    status: 201,
    body: { token, expires_at: expiresAt, permissions, repository_selection: "selected", ...shown },
  };
}

/** Newest first, paged by a cursor: the id to go on below. */
function listDeliveries(call: Call) {
  const { state } = call;
  const perPage = Math.min(Number(call.query("per_page") ?? 30) || 30, 100);
  const below = Number(call.query("cursor")?.replace(/^v1_/, "") ?? Number.POSITIVE_INFINITY);
  const status = call.query("status");
  const rest = appOf(call)
    .deliveries.filter(({ id }) => id < below)
    .filter(({ statusCode }) => status === undefined || (status === "success") === statusCode < 400)
    .reverse();
  const page = rest.slice(0, perPage);
  const next = `${state.url}/app/hook/deliveries?per_page=${perPage}&cursor=v1_${page.at(-1)?.id}`;
  const headers: Record<string, string> = rest.length > perPage ? { link: `<${next}>; rel="next"` } : {};
  return { body: page.map(showDeliveryItem), headers };
}
