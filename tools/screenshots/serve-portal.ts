import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { portalAssets } from "../../api/portal/assets.ts";
import { portal } from "../../api/portal/http.ts";
import { openPortalHost } from "../../api/portal/open-host.ts";
import { ADA, openRepository } from "../browser/story/repository.ts";
import { freePort } from "../free-port.ts";

const ASSETS = fileURLToPath(new URL("../../api/portal/assets", import.meta.url));

/** The portal of a repository in this process, at a moment that stays: Ada looks, and may act. */
export async function servePortal(folder: string, now: Date): Promise<{ url: string; close(): Promise<void> }> {
  const ports = await openRepository(folder, undefined, () => now);
  const host = openPortalHost(ports);
  const visitor = { person: ADA, session: { id: "screenshots", secret: Buffer.alloc(32, 1) } };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = new Hono();
  app.route("/", portalAssets(ASSETS));
  app.route("/", portal({ enter: (_, act) => act(host, visitor), origin: () => url, now: () => now }));
  const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
  return {
    url,
    async close() {
      server.close();
      await ports.objects.close();
    },
  };
}
