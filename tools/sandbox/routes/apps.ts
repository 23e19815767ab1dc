import { z } from "zod";
import { grants } from "../auth/access.ts";
import { redeliver } from "../events/deliver.ts";
import { Answer, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import type { App, Delivery, Installation, Repo } from "../state.ts";
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
export function appRoutes(on: AddRoute): void {
  on("GET /app", "app", (call) => ({
    ...showApp(call.state, appOf(call)),
    installations_count: appOf(call).installations.length,
  }));
  on("GET /apps/:slug", "anybody", (call) => {
    const app = [...call.state.apps.values()].find(({ slug }) => slug === call.param("slug"));
    if (app === undefined) throw notFound();
    return showApp(call.state, app);
  });
  on("GET /app/installations", "app", (call) =>
    list(appOf(call).installations, (one) => showInstallation(call.state, one)),
  );
  on("GET /app/installations/:id", "app", (call) => showInstallation(call.state, installationOf(call)));
  on("POST /app/installations/:id/access_tokens", "app", makeToken);
  on("GET installation", "app", (call) => {
    const found = appOf(call).installations.find(({ repositories }) => repositories.has(call.repo));
    if (found === undefined) throw notFound();
    return showInstallation(call.state, found);
  });
  on("GET /installation/repositories", "installation", ({ state, actor }) => {
    const repositories = actor.kind === "installation" ? actor.repositories : [];
    return list(repositories, (repo: Repo) => showRepository(state, repo), "repositories");
  });
  on("GET /app/hook/deliveries", "app", listDeliveries);
  on("GET /app/hook/deliveries/:id", "app", (call) => showDelivery(appOf(call), deliveryOf(call)));
  on("POST /app/hook/deliveries/:id/attempts", "app", (call) => {
    redeliver(call.state, appOf(call), deliveryOf(call));
    return new Answer(202, {});
  });
}

function appOf({ app }: Call): App {
  if (app === undefined) throw notFound();
  return app;
}

const byId = <Kind extends { id: number }>(items: readonly Kind[]) => new Map(items.map((item) => [item.id, item]));
const installationOf = (call: Call): Installation => call.pick(byId(appOf(call).installations));
const deliveryOf = (call: Call): Delivery => call.pick(byId(appOf(call).deliveries));

/** A token may be for less than the installation has, and never for more. */
async function makeToken(call: Call): Promise<Answer> {
  const { state } = call;
  const installation = installationOf(call);
  const { app } = installation;
  const { permissions: asked, repositories: names, repository_ids: ids } = await call.body(TokenRequest);
  const permissions = asked === undefined ? app.permissions : { metadata: "read" as const, ...asked };
  if (Object.entries(permissions).some(([name, level]) => !grants(app.permissions, `${name}:${level}`))) {
    throw new Refusal(422, "The permissions requested are not granted to this installation.");
  }
  const narrowed = names !== undefined || ids !== undefined;
  const named = [...installation.repositories].filter(({ name, id }) => names?.includes(name) || ids?.includes(id));
  // A token that names none is for those that join the installation later, too.
  const repositories = narrowed ? new Set(named) : installation.repositories;
  if (narrowed && repositories.size < (names?.length ?? 0) + (ids?.length ?? 0)) {
    throw new Refusal(422, "There is at least one repository that is not accessible to the parent installation.");
  }
  const expiresAt = new Date(Date.parse(state.now()) + HOUR).toISOString().replace(".000Z", "Z");
  const token = addToken(state, { kind: "installation", app, installation, permissions, repositories, expiresAt });
  const shown = narrowed ? { repositories: [...repositories].map((repo) => showRepository(state, repo)) } : {};
  return new Answer(201, { token, expires_at: expiresAt, permissions, repository_selection: "selected", ...shown });
}

/** Newest first, paged by a cursor: the id to go on below. */
function listDeliveries(call: Call): Answer {
  const perPage = Math.min(Number(call.query("per_page") ?? 30) || 30, 100);
  const below = Number(call.query("cursor")?.replace(/^v1_/, "") ?? Number.POSITIVE_INFINITY);
  const rest = appOf(call).deliveries.filter(
    ({ id, statusCode }) => id < below && call.asks("status", statusCode < 400 ? "success" : "failure"),
  );
  const page = rest.reverse().slice(0, perPage);
  const next = `${call.state.url}/app/hook/deliveries?per_page=${perPage}&cursor=v1_${page.at(-1)?.id}`;
  return new Answer(200, page.map(showDeliveryItem), rest.length > perPage ? { link: `<${next}>; rel="next"` } : {});
}
