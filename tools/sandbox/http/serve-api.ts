import { createHash, randomUUID } from "node:crypto";
import type { Context } from "hono";
import { mayCall, type Needs } from "../auth/access.ts";
import { type Actor, accountOf, identify } from "../auth/actor.ts";
import type { SandboxServer } from "../server.ts";
import type { State } from "../state.ts";
import { findRepo } from "../world/repositories.ts";
import { Answer, cutPage, List } from "./answer.ts";
import { Call } from "./call.ts";
import { RateLimits } from "./rate-limits.ts";
import { notFound, Refusal } from "./refusal.ts";

/** Gives a body, or an Answer or a List, or rejects with a Refusal. */
type Handle = (call: Call) => unknown;

/** Adds a route: `GET /app`, or below a repository `GET pulls/:number`. Of two that fit, the first one answers. */
export type AddRoute = (on: string, needs: Needs, handle: Handle) => void;

const BELOW = "/repos/:owner/:repo";
const LIMITED = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

/** Serves routes as api.github.com does: faults, credentials, limits, the answer, its headers, in this order. */
export function serveApi(server: SandboxServer, state: State, tables: readonly ((on: AddRoute) => void)[]): void {
  const limits = new RateLimits(state);
  const add: AddRoute = (on, needs, handle) => {
    const [method = "", path = ""] = on.split(" ");
    const whole = path.startsWith("/") ? path : `${BELOW}${path && "/"}${path}`;
    server.on(method, whole, (context) =>
      respond(state, limits, context, (actor) => run(context, actor, needs, handle)),
    );
  };
  async function run(context: Context, actor: Actor, needs: Needs, handle: Handle): Promise<Answer> {
    const { owner, repo: name } = context.req.param() as Record<string, string>;
    const repo = name === undefined ? undefined : findRepo(state, `${owner}/${name}`);
    if (name !== undefined && repo === undefined) throw notFound();
    mayCall(actor, repo, needs, context.req.method !== "GET");
    const given = await handle(new Call(state, context, actor, repo));
    if (given instanceof List) return cutPage(new URL(context.req.url), given);
    return given instanceof Answer ? given : new Answer(200, given);
  }
  for (const table of tables) table(add);
}

async function respond(
  state: State,
  limits: RateLimits,
  context: Context,
  handle: (actor: Actor) => Promise<Answer>,
): Promise<Response> {
  const { method, url } = context.req;
  const path = url.slice(new URL(url).origin.length);
  const credential = context.req.header("authorization");
  const headers: Record<string, string> = { "x-github-request-id": randomUUID(), "x-github-media-type": "github.v3" };
  let by = "";
  let answer: Answer;
  try {
    await strike(state, method, path);
    const actor = identify(state, credential);
    by = accountOf(actor)?.login ?? "";
    Object.assign(headers, limits.count(credential));
    answer = await handle(actor);
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    const refusal = error instanceof Refusal ? error : new Refusal(500, "Server Error");
    answer = new Answer(refusal.status, refusal.body, refusal.headers);
  }
  const { status, body } = answer;
  Object.assign(headers, answer.headers);
  state.requests.push({ method, path, status, by });
  const text = body === undefined ? null : JSON.stringify(body);
  state.observer.answer?.({ method, path, status, body: text && JSON.parse(text) });
  if (text === null) return new Response(null, { status, headers });
  if (method === "GET" && status === 200) {
    const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
    Object.assign(headers, {
      etag,
      "cache-control": "private, max-age=60, s-maxage=60",
      vary: "Accept, Authorization",
    });
    if (context.req.header("if-none-match") === etag) {
      limits.giveBack(credential);
      return new Response(null, { status: 304, headers });
    }
  }
  return new Response(text, { status, headers: { "content-type": "application/json; charset=utf-8", ...headers } });
}

async function strike(state: State, method: string, path: string): Promise<void> {
  const fault = state.faults.takeApi(method, path);
  if (fault?.kind === "slow") await fault.until();
  if (fault === undefined || fault.kind === "slow") return;
  const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
  if (fault.kind === "fail") throw new Refusal(fault.status, "Server Error", { headers });
  throw new Refusal(403, LIMITED, { headers });
}
