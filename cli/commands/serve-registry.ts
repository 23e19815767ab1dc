import { once } from "node:events";
import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { LOOPBACK } from "../../api/known-callers.ts";
import { mlflowApi } from "../../api/mlflow/http.ts";
import { openMlflowHost } from "../../api/mlflow/open-host.ts";
import { plainCallers } from "../../api/mlflow/plain-callers.ts";
import { sweepUploads } from "../../api/mlflow/sweep-leftovers.ts";
import { SlipwayError } from "../../core/errors.ts";
import { person } from "../../core/git/workspace.ts";
import type { ServeRegistryResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { cannotListen, portNumber, urlOf } from "../listening.ts";
import { withPorts } from "../ports.ts";

const DEFAULT_PORT = "5000";
const TOKEN = "SLIPWAY_REGISTRY_TOKEN";
/** Milliseconds: a large model is uploaded in one request. */
const PATIENCE = 3_600_000;

/** `slipway serve-registry`: MLflow's API on this repository's registry, until it is interrupted. */
export async function run(
  session: Session,
  _args: object,
  options: { port?: string; host?: string; allowedHosts?: string; trackingUri?: string; ui?: string },
): Promise<CommandOutcome> {
  const port = portNumber(options.port ?? DEFAULT_PORT);
  const host = options.host ?? "127.0.0.1";
  const token = session.env[TOKEN] || undefined;
  const local = [...LOOPBACK, "::1"].includes(host);
  if (!local && token === undefined)
    throw new SlipwayError("USAGE", `others can reach this server on ${host}, and it would ask them for no token`, {
      expected: `a token in the environment variable ${TOKEN}`,
      hint: `export ${TOKEN}="$(openssl rand -hex 24)", and give it to clients as MLFLOW_TRACKING_TOKEN`,
    });
  const hosts = allowedHosts(options.allowedHosts, local ? [] : [host]);
  const tracking = options.trackingUri === undefined ? undefined : trackingOptions(options.trackingUri, session.env);
  const pages = options.ui === undefined ? undefined : pagesAddress(options.ui);
  return withPorts(session, undefined, async (ports) => {
    const served = openMlflowHost({ ...ports, name: "mlflow", runsUserCode: false }, tracking);
    await sweepUploads(served.uploads);
    // Read before the first client asks: a large registry takes a moment.
    await served.catalogs.at(await served.tip());
    const callerOf = plainCallers({ person: await person(ports.workspace), hosts, token });
    const app = mlflowApi({
      pages,
      enter: async (request, act) => act(served, await callerOf(request)),
      onError: (error) =>
        session.progress.note(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
    const server = await listening(app.fetch, port, host);
    const address = server.address();
    const actual = typeof address === "object" && address !== null ? address.port : port;
    const url = urlOf(host, actual);
    session.progress.note(`MLflow's registry API of ${ports.workspace.folder} is at ${url}`);
    const result: ServeRegistryResult = { url };
    session.answer({ result, text: "" });
    if (!session.signal.aborted) await once(session.signal, "abort");
    server.close();
    server.closeAllConnections();
    return { result, text: "" };
  });
}

/** The names that the server answers to: a page in a browser can point a name of its own at any address. */
function allowedHosts(named: string | undefined, listening: readonly string[]): string[] {
  const given = (named ?? "").split(",").map((each) => each.trim().toLowerCase());
  const wrong = given.find((each) => each !== "" && !HOST_NAME.test(each));
  if (wrong !== undefined)
    throw new SlipwayError("USAGE", `${wrong} is no name of a host`, {
      expected: "names or addresses without a port, with commas between: --allowed-hosts registry.example.org,10.0.0.5",
    });
  const own = listening.map((each) => (each.includes(":") && !each.startsWith("[") ? `[${each}]` : each));
  return [...LOOPBACK, ...own, ...given.filter(Boolean)];
}

const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/;

/** Where people's pages are: without a token, which would be handed to everybody. */
function pagesAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.search + url.hash === "")
    return url.href.endsWith("/") ? url.href : `${url.href}/`;
  throw new SlipwayError("USAGE", "--ui is no address of pages", {
    expected: "http(s)://host[:port][/path], as `slipway ui` prints it, without what follows `?`",
    found: url === undefined ? address.slice(0, 200) : `${url.protocol}//${url.host}${url.pathname}`,
  });
}

/** The server that has the runs, and what its clients send to be known by, as MLflow's own variables say it. */
function trackingOptions(uri: string, env: Session["env"]): { uri: string; authorization?: string } {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search + url.hash !== "")
    throw new SlipwayError("USAGE", "--tracking-uri is no address of an MLflow server", {
      expected: "http(s)://host[:port][/path]; a token goes into MLFLOW_TRACKING_TOKEN",
      found: url === undefined ? uri.slice(0, 200) : `${url.protocol}//${url.host}${url.pathname}`,
    });
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = env;
  if (token) return { uri, authorization: `Bearer ${token}` };
  if (!user || password === undefined) return { uri };
  return { uri, authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

async function listening(fetch: Parameters<typeof serve>[0]["fetch"], port: number, hostname: string): Promise<Server> {
  const server = serve({ fetch, port, hostname: hostname.replace(/^\[|\]$/g, "") }) as Server;
  server.requestTimeout = PATIENCE;
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause: NodeJS.ErrnoException) => reject(cannotListen(hostname, port, cause)));
  });
  return server;
}
