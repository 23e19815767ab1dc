import { createHash, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Context } from "hono";
import { mayCall } from "../auth/access.ts";
import { type Actor, accountOf, identify } from "../auth/actor.ts";
import type { SandboxServer } from "../server.ts";
import type { State } from "../state.ts";
import { findRepo } from "../world/repositories.ts";
import { type Answer, openCall, type Route } from "./call.ts";
import { cutPage } from "./page.ts";
import { RateLimits } from "./rate-limits.ts";
import { notFound, Refusal } from "./refusal.ts";

/** Serves routes as api.github.com would: faults, credentials, limits, the answer, its headers, in this order. */
export function serveApi(server: SandboxServer, state: State, routes: readonly Route[]): void {
  const limits = new RateLimits(state);
  for (const route of routes) {
    const [method = "", path = ""] = route.on.split(" ");
    server.on(method, path, (context) => respond(state, limits, context, (actor) => run(state, route, context, actor)));
  }
}

async function respond(
  state: State,
  limits: RateLimits,
  context: Context,
  handle: (actor: Actor) => Promise<Answer>,
): Promise<Response> {
  const url = new URL(context.req.url);
  const { method } = context.req;
  const path = url.pathname + url.search;
  const common: Record<string, string> = { "x-github-request-id": randomUUID(), "x-github-media-type": "github.v3" };
  let by = "";
  let answer: Answer;
  try {
    await strike(state, method, path);
    const actor = identify(state, context.req.header("authorization"));
    by = accountOf(actor)?.login ?? "";
    Object.assign(common, limits.count(context.req.header("authorization") ?? ""));
    answer = await handle(actor);
    if (answer.list !== undefined) answer = { ...answer, ...cutPage(url, answer) };
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    const refusal = error instanceof Refusal ? error : new Refusal(500, "Server Error");
    answer = { status: refusal.status, body: refusal.body, headers: refusal.headers };
  }
  const { status = 200, body, headers = {} } = answer;
  state.requests.push({ method, path, status, by });
  const text = body === undefined ? null : JSON.stringify(body);
  state.observer.answer?.({ method, path, status, body: text === null ? undefined : JSON.parse(text) });
  if (method === "GET" && status === 200 && text !== null) {
    const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
    Object.assign(common, { etag, "cache-control": "private, max-age=60, s-maxage=60", vary: "Accept, Authorization" });
    if (context.req.header("if-none-match") === etag) {
      limits.giveBack(context.req.header("authorization") ?? "");
      return new Response(null, { status: 304, headers: { ...common, ...headers } });
    }
  }
  const type = text === null ? {} : { "content-type": "application/json; charset=utf-8" };
  return new Response(text, { status, headers: { ...type, ...common, ...headers } });
}

async function strike(state: State, method: string, path: string): Promise<void> {
  const fault = state.faults.takeApi(method, path);
  if (fault?.kind === "slow") await wait(fault.ms);
  if (fault?.kind === "fail") {
    const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
    throw new Refusal(fault.status, "Server Error", undefined, headers);
  }
  if (fault?.kind === "secondary-limit") {
    throw new Refusal(
      403,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      undefined,
      {
        "retry-after": String(fault.retryAfter),
      },
    );
  }
}

async function run(state: State, { on, needs, handle }: Route, context: Context, actor: Actor): Promise<Answer> {
  if (needs === "app" && actor.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
  if (needs === "installation" && actor.kind !== "installation") throw new Refusal(403, "Resource not accessible");
  if (needs === "person" && actor.kind !== "user")
    throw new Refusal(actor.kind === "nobody" ? 401 : 403, "Requires authentication");
  const [owner, name] = [context.req.param("owner"), context.req.param("repo")];
  const repo = owner === undefined || name === undefined ? undefined : findRepo(state, `${owner}/${name}`);
  if (name !== undefined && repo === undefined) throw notFound();
  if (repo !== undefined && typeof needs === "object") mayCall(actor, repo, needs, !on.startsWith("GET "));
  return handle(openCall(state, context, actor, repo));
}
