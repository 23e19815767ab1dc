import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { foreignPage, LOOPBACK } from "../../api/known-callers.ts";
import { portalAssets } from "../../api/portal/assets.ts";
import { portal } from "../../api/portal/http.ts";
import { openPortalHost } from "../../api/portal/open-host.ts";
import { PortalRefusal } from "../../api/portal/request/refusal.ts";
import { person } from "../../core/git/workspace.ts";
import type { UiResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { cannotListen, portNumber, urlOf } from "../listening.ts";
import { withPorts } from "../ports.ts";

const DEFAULT_PORT = "5050";
const HOST = "127.0.0.1";

/** `slipway ui`: pages to look at this repository's models, until it is interrupted. */
export async function run(
  session: Session,
  _args: object,
  options: { port?: string; write?: boolean },
): Promise<CommandOutcome> {
  const port = portNumber(options.port ?? DEFAULT_PORT);
  return withPorts(session, undefined, async (ports) => {
    const host = openPortalHost(ports);
    const by = await person(ports.workspace);
    const browser = { id: randomBytes(12).toString("hex"), secret: randomBytes(32) };
    const known = new Set(LOOPBACK);
    const visitor = {
      person: by,
      session: browser,
      ...(options.write === true
        ? {}
        : { readOnly: "Start it with `slipway ui --write` to change anything from here." }),
    };
    const app = new Hono();
    app.route("/", portalAssets(join(session.packageRoot, "api/portal/assets")));
    app.route(
      "/",
      portal({
        async enter(request, act) {
          const foreign = foreignPage(request, known);
          if (foreign !== undefined) throw new PortalRefusal({ why: "foreign", message: foreign });
          return act(host, visitor);
        },
        origin: (request) => `http://${request.headers.get("host")}`,
        onError: (error) =>
          session.progress.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      }),
    );
    // Read before the first page: a large registry takes a moment.
    await host.catalogs.at(await host.tip());
    const server = await listening(app.fetch, port);
    const address = server.address();
    const url = urlOf(HOST, typeof address === "object" && address !== null ? address.port : port);
    const result: UiResult = { url };
    session.answer({ result, text: `${url}/` });
    if (!session.signal.aborted) await once(session.signal, "abort");
    server.close();
    server.closeAllConnections();
    return { result, text: "" };
  });
}

async function listening(fetch: Parameters<typeof serve>[0]["fetch"], port: number): Promise<Server> {
  const server = serve({ fetch, port, hostname: HOST }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause: NodeJS.ErrnoException) => reject(cannotListen(HOST, port, cause)));
  });
  return server;
}
