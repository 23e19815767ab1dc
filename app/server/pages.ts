import { Hono } from "hono";
import type { Registry } from "prom-client";
import type { Readiness } from "./readiness.ts";
import { type WebhookParts, webhookRoute } from "./webhook.ts";

export interface PagesParts extends WebhookParts {
  registry: Pick<Registry, "metrics" | "contentType">;
  ready(): Promise<Readiness>;
  /** MLflow's API, below `/mlflow/`. */
  mlflow: Hono;
  /** Pages for people: everything that nothing else answers. */
  portal: Hono;
}

/**
 * Everything that the App serves. A webhook may come before the App has reached GitHub for the first time; the queue
 * holds it.
 */
export function pages(parts: PagesParts): Hono {
  const app = new Hono();
  app.post("/api/github/webhooks", webhookRoute(parts));
  app.get("/healthz", (context) => context.json({ alive: true }));
  app.get("/readyz", async (context) => {
    const readiness = await parts.ready();
    return context.json(readiness, readiness.ready ? 200 : 503);
  });
  app.get("/metrics", async () => {
    const text = await parts.registry.metrics();
    return new Response(text, { headers: { "content-type": parts.registry.contentType } });
  });
  app.route("/", parts.mlflow);
  app.all("*", ({ req }) => parts.portal.fetch(req.raw));
  return app;
}
