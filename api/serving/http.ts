import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { SlipwayError } from "../../core/errors.ts";
import type { Answer, Serving } from "../../core/serving/served.ts";
import type { Admission } from "./admission.ts";
import { BODY_LIMITS, type BodyLimits, bodyReader, type ReadBody, utf8 } from "./body.ts";
import { DOCS_PAGE } from "./docs-page.ts";
import { errorField } from "./error-field.ts";
import { scoringServer } from "./invocations.ts";
import type { ServeLog } from "./log.ts";
import type { ServeMetrics } from "./metrics.ts";
import { openApiRoute } from "./openapi.ts";
import { isOwnFault, type Refusal, refusalOf } from "./refusal.ts";
import { requestId, requestKey, traceparent } from "./request-headers.ts";
import type { Call, Reply, Route } from "./route.ts";
import { KSERVE_V1 } from "./v1.ts";
import { openInference } from "./v2.ts";

export interface ServingApiOptions {
  serving: Serving;
  admit: Admission;
  metrics: ServeMetrics;
  log: ServeLog;
  /** Slipway's. */
  version: string;
  bodies?: BodyLimits;
  /** The host's own, besides the protocols. */
  routes?: readonly Route[];
}

type Host = ServingApiOptions & { readBody: ReadBody };
type Wire = Context<{ Bindings: HttpBindings }>;

/** The HTTP face of what answers: each protocol is a table of routes, and says refusals in a form of its own. */
export function servingApi(options: ServingApiOptions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const host: Host = { ...options, readBody: bodyReader(options.bodies ?? BODY_LIMITS) };
  const routes = [
    ...openInference(options.version),
    ...KSERVE_V1,
    ...scoringServer(options.version),
    ...metricsRoute(options.metrics),
    openApiRoute(options.version),
    DOCS_PAGE,
    START,
    ...(options.routes ?? []),
  ];
  for (const route of routes) app.on(route.method, route.path, (context) => respond(route, context, host));
  for (const route of routes) app.all(route.path, (context) => respond(otherMethod(route, routes), context, host));
  app.notFound((context) => respond(NOWHERE, context, host));
  return app;
}

/** Whoever opens the server in a browser looks for words. */
const START: Route = {
  ...{ method: "GET", path: "/", name: "start", refuse: errorField },
  answer: () => ({ status: 302, headers: { location: "/docs" }, body: "" }),
};

const NOWHERE: Route = {
  ...{ method: "GET", path: "*", name: "none", refuse: errorField },
  answer: () => ({
    status: 404,
    body: {
      error: "There is no such endpoint: /docs shows how to ask each model, and /openapi.json lists all endpoints.",
    },
  }),
};

/** A path that there is, asked in another way. */
function otherMethod({ path, refuse }: Route, routes: readonly Route[]): Route {
  const allow = routes.filter((each) => each.path === path).map(({ method }) => method);
  const message = `This path takes ${[...new Set(allow)].join(" and ")} alone.`;
  const answer = () => ({ ...refuse({ status: 405, message }), headers: { allow: allow.join(", ") } });
  return { method: "GET", path, name: "none", refuse, answer };
}

function metricsRoute({ registry }: ServeMetrics): Route[] {
  return [
    {
      ...{ method: "GET", path: "/metrics", name: "metrics", refuse: errorField },
      answer: async () => ({ body: await registry.metrics(), type: registry.contentType }),
    },
  ];
}

async function respond(route: Route, context: Wire, host: Host): Promise<Response> {
  const start = performance.now();
  const id = requestId(context.env.incoming.headers["x-request-id"]?.toString());
  const { call, answered } = callOf(route, context, id, host);
  let reply: Reply;
  let failure: unknown;
  try {
    const refusal = host.admit(context.req.raw, route.isOpen === true);
    reply = refusal === undefined ? await route.answer(call) : refused(route, refusal);
  } catch (error) {
    failure = error;
    reply = refused(route, refusalOf(error));
  }
  const status = reply.status ?? 200;
  const seconds = (performance.now() - start) / 1_000;
  host.metrics.answered(route.name, status, seconds);
  const version = answered()?.version;
  const facts = {
    ...{ id, route: route.name, code: status, ms: Math.round(seconds * 1e6) / 1e3 },
    ...(version === undefined
      ? {}
      : { model: version.model, version: version.version, rows: answered()?.predictions.length }),
    reason: (failure as { code?: string } | undefined)?.code,
  };
  // What a program says to rows may hold their values: the client's alone.
  if (facts.reason === "SERVE_ERROR") host.log.error(facts, "the program said an error");
  else if (failure !== undefined && isOwnFault(failure))
    host.log.error({ ...facts, ...causeOf(failure) }, "not answered");
  // Probes and pages are asked by the second: a log of them would hide the others.
  else if (route.method === "GET" && status !== 401 && status !== 403) host.log.debug(facts, "answered");
  else if (status >= 400) host.log.warn(facts, "refused");
  else host.log.info(facts, "answered");
  return response(reply, {
    "x-request-id": id,
    ...(version === undefined
      ? {}
      : { "x-slipway-version": `${encodeURIComponent(version.model)}@${version.version}` }),
    ...(status === 413 || isHalfRead(context.env.incoming) ? { connection: "close" } : {}),
  });
}

/** What went wrong, for the log: of a bug with its stack, of a model's program in words. */
function causeOf(failure: unknown): { why: string } | { err: unknown } {
  return failure instanceof SlipwayError ? { why: failure.message } : { err: failure };
}

/** Whether a body was refused in its middle: what is left of it is not read. */
function isHalfRead({ readableDidRead, complete }: HttpBindings["incoming"]): boolean {
  return readableDidRead && !complete;
}

function callOf(route: Route, context: Wire, id: string, { serving, readBody }: Host) {
  let answer: Answer | undefined;
  const { headers } = context.env.incoming;
  const header = (name: string) => headers[name]?.toString();
  const call: Call = {
    serving,
    header,
    param: (name) => context.req.param(name),
    bytes: () => readBody(context.env.incoming, context.env.outgoing),
    text: async () => utf8(await readBody(context.env.incoming, context.env.outgoing)),
    async ask(question) {
      const key = requestKey(header("x-request-key"));
      const trace = traceparent(header("traceparent"));
      answer = await serving.ask({
        ...{ ...question, id, route: route.name, signal: context.req.raw.signal },
        ...(key === undefined ? {} : { key }),
        ...(trace === undefined ? {} : { traceparent: trace }),
      });
      return answer;
    },
  };
  return { call, answered: () => answer };
}

function refused(route: Route, refusal: Refusal): Reply {
  const { headers, ...reply } = route.refuse(refusal);
  return {
    ...reply,
    headers: {
      ...headers,
      ...(refusal.retryAfter === undefined ? {} : { "retry-after": String(refusal.retryAfter) }),
      ...(refusal.status === 401 ? { "www-authenticate": "Bearer" } : {}),
    },
  };
}

function response({ status = 200, body, type, headers }: Reply, more: Record<string, string>): Response {
  const isText = typeof body === "string";
  return new Response(isText ? body : JSON.stringify(body), {
    status,
    headers: {
      "content-type": type ?? (isText ? "text/plain; charset=utf-8" : "application/json"),
      "x-content-type-options": "nosniff",
      ...headers,
      ...more,
    },
  });
}
