import { once } from "node:events";
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import { mlflowApi } from "../../core/mlflow/http.ts";
import { openMlflowHost } from "../../core/mlflow/open-host.ts";
import { LOOPBACK, plainCallers } from "../../core/mlflow/plain-callers.ts";
import { sweepLeftovers } from "../../core/mlflow/sweep-leftovers.ts";
import type { ServeResult } from "../../schemas/cli-output.ts";
import type { Outcome, Session } from "../command.ts";
import { withPorts } from "../ports.ts";

const DEFAULT_PORT = "5000";
const TOKEN = "SLIPWAY_REGISTRY_TOKEN";
/** Milliseconds: a large model is uploaded in one request. */
const PATIENCE = 3_600_000;

/** `slipway serve-registry`: MLflow's API on this repository's registry, until it is interrupted. */
export async function run(
  session: Session,
  _args: object,
  options: { port?: string; host?: string },
): Promise<Outcome> {
  const port = portNumber(options.port ?? DEFAULT_PORT);
  const host = options.host ?? "127.0.0.1";
  const token = session.env[TOKEN] || undefined;
  const local = [...LOOPBACK, "::1"].includes(host);
  if (!local && token === undefined)
    throw new SlipwayError("USAGE", `on ${host} others can reach this server, and it would ask them for nothing`, {
      expected: `a token in the environment variable ${TOKEN}`,
      hint: `export ${TOKEN}="$(openssl rand -hex 24)", and give it to clients as MLFLOW_TRACKING_TOKEN`,
    });
  return withPorts(session, undefined, async (ports) => {
    const served = openMlflowHost({ ...ports, name: "mlflow", runsUserCode: false });
    await sweepLeftovers(served.uploads);
    // Read before the first client asks: a large registry takes a moment.
    await served.catalogs.at(await served.tip());
    const hosts = local ? LOOPBACK : [...LOOPBACK, host.toLowerCase()];
    const callerOf = plainCallers({ person: await person(ports.workspace), hosts, token });
    const app = mlflowApi({
      enter: async (request, act) => act(served, await callerOf(request)),
      onError: (error) =>
        session.progress.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
    const server = await listening(app.fetch, port, host);
    const address = server.address();
    const actual = typeof address === "object" && address !== null ? address.port : port;
    const url = `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${actual}`;
    session.progress.note(`MLflow's registry API of ${ports.workspace.folder} is at ${url}`);
    if (!session.signal.aborted) await once(session.signal, "abort");
    server.close();
    server.closeAllConnections();
    const result: ServeResult = { url };
    return { result, text: "" };
  });
}

function portNumber(written: string): number {
  const port = /^\d{1,5}$/.test(written) ? Number(written) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new SlipwayError("USAGE", `${written} is no port`, {
    expected: "a number from 0 to 65535; 0 for any free one",
  });
}

async function listening(fetch: Parameters<typeof serve>[0]["fetch"], port: number, hostname: string): Promise<Server> {
  const server = serve({ fetch, port, hostname: hostname.replace(/^\[|\]$/g, "") }) as Server;
  server.requestTimeout = PATIENCE;
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new SlipwayError("USAGE", `the server cannot listen on ${hostname}:${port}: ${cause.message}`, {
          hint: "name another port: --port 5001, or 0 for any free one",
          cause,
        }),
      ),
    );
  });
  return server;
}
