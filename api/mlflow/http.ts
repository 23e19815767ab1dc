import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { deleteArtifact, downloadArtifact, listArtifacts, uploadArtifact } from "./artifacts.ts";
import { MlflowError, toMlflowError } from "./errors.ts";
import { frontPage } from "./front-page.ts";
import type { Caller, MlflowHost, RouteHandler } from "./host.ts";
import { jsonBody } from "./json-body.ts";
import { MODEL_VERSIONS } from "./model-versions.ts";
import { REGISTERED_MODELS } from "./registered-models.ts";
import { RUNS } from "./runs.ts";
import { searches } from "./search.ts";

interface MlflowOptions {
  /**
   * Finds out who asks, and of which repository, and lets them in for as long as `act` takes. Rejects with a MlflowError
   * (UNAUTHENTICATED, PERMISSION_DENIED) if it does not.
   */
  enter<T>(request: Request, act: (host: MlflowHost, caller: Caller) => Promise<T>): Promise<T>;
  /** Where people find pages about what this serves. */
  pages?: string | undefined;
  /** Told of what is no client's mistake. */
  onError?: ((error: unknown) => void) | undefined;
}

const API = "/api/2.0/mlflow";
const ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";

/**
 * MLflow's REST API as its clients speak it: the registry, its artifacts, and of tracking what registering needs. Each
 * route is a row of one table; whatever is thrown is answered in MLflow's form.
 */
export function mlflowApi({ enter, pages, onError }: MlflowOptions): Hono {
  const app = new Hono();
  const table: Readonly<Record<string, RouteHandler>> = {
    ...REGISTERED_MODELS,
    ...MODEL_VERSIONS,
    ...searches(),
    ...RUNS,
  };
  for (const [row, handler] of Object.entries(table)) {
    const [method = "", path = ""] = row.split(" ");
    app.on(method, `${API}/${path}`, (context) =>
      enter(context.req.raw, async (host, caller) => {
        const sent = method === "GET" ? query(context) : await jsonBody(context.req.raw);
        return context.json(await handler(host, { sent, caller, artifacts: artifactsAddress(context) }));
      }),
    );
  }

  app.get(ARTIFACTS, (context) =>
    enter(context.req.raw, async (host) => context.json(await listArtifacts(host, context.req.query("path") ?? ""))),
  );
  app.get(`${ARTIFACTS}/*`, (context) =>
    enter(context.req.raw, async (host) => {
      const { size, stream } = await downloadArtifact(host, artifactPath(context));
      return new Response(Readable.toWeb(stream) as ReadableStream, {
        headers: {
          "content-type": "application/octet-stream",
          "content-length": String(size),
          // Whatever somebody uploaded, no browser is to show it as this server's page.
          "content-disposition": "attachment",
          "x-content-type-options": "nosniff",
        },
      });
    }),
  );
  app.put(`${ARTIFACTS}/*`, (context) =>
    enter(context.req.raw, async (host, caller) => {
      await uploadArtifact(host, caller, artifactPath(context), context.req.raw.body);
      return context.json({});
    }),
  );
  app.delete(`${ARTIFACTS}/*`, (context) =>
    enter(context.req.raw, async (host, caller) => {
      await deleteArtifact(host, caller, artifactPath(context));
      return context.json({});
    }),
  );

  app.get("/", () => frontPage(pages));
  app.get("/health", (context) => context.text("OK"));
  app.notFound((context) =>
    answerError(
      context,
      new MlflowError("ENDPOINT_NOT_FOUND", `No such endpoint: ${context.req.method} ${context.req.path}`),
    ),
  );
  app.onError((error, context) => {
    const told = toMlflowError(error);
    // Who goes away in the middle of an upload breaks nothing.
    if (told.status === 500 && !context.req.raw.signal.aborted) onError?.(error);
    return answerError(context, told);
  });
  return app;
}

function answerError(context: Context, error: MlflowError): Response {
  return context.json(error.body(), error.status as 400);
}

function query(context: Context): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  for (const [name, values] of Object.entries(context.req.queries())) sent[name] = LISTS.has(name) ? values : values[0];
  return sent;
}

/** A list of one looks like a text in a query. */
const LISTS: ReadonlySet<string> = new Set(["stages", "order_by"]);

/** As the client called it: a proxy in front that speaks TLS says so. */
function artifactsAddress({ req }: Context): string {
  const { protocol, host, pathname } = new URL(req.url);
  const scheme = req.header("x-forwarded-proto") === "https" ? "https:" : protocol;
  return `${scheme}//${host}${pathname.slice(0, pathname.indexOf(`${API}/`))}${ARTIFACTS}`;
}

function artifactPath(context: Context): string {
  // Hono's path is decoded but for what cannot be: the rest is decoded here, once.
  const path = new URL(context.req.url).pathname;
  const after = path.slice(path.indexOf(`${ARTIFACTS}/`) + ARTIFACTS.length + 1);
  try {
    return decodeURIComponent(after);
  } catch {
    throw new MlflowError("INVALID_PARAMETER_VALUE", "Invalid path");
  }
}
