import type { Context } from "probot";
import type { Host } from "./host.ts";

/** `issue_comment.created`; `push` where an event has no actions. */
export type EventName = Context["name"];
export type Payload<Event extends EventName> = Context<Event>["payload"];

/**
 * Handles one event: load, decide, publish. Idempotent, since an event may come twice. What rejects with a temporary
 * failure (5xx, a rate limit, a lost connection) is tried again; a refusal is a value, told to people on GitHub.
 */
export type Handler<Event extends EventName> = (host: Host, payload: Payload<Event>) => Promise<void>;
export type Routes = { readonly [Event in EventName]?: Handler<Event> };

/** The App: which handler takes which event. */
export const ROUTES: Routes = {};

/** The handler for an event as GitHub names it, by its action first; undefined for what the App does not listen to. */
export function findRoute(routes: Routes, event: string, action: unknown): Handler<EventName> | undefined {
  const named = typeof action === "string" ? `${event}.${action}` : event;
  for (const name of [named, event]) {
    if (Object.hasOwn(routes, name)) return routes[name as EventName] as Handler<EventName>;
  }
  return undefined;
}
