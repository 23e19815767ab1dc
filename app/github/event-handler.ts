import type { Context } from "probot";
import type { EventContext } from "./event-context.ts";
import type { EventRepository } from "./event-repository.ts";

/** `issue_comment.created`; `push` for an event without actions. */
export type EventName = Context["name"];
export type Payload<Event extends EventName> = Context<Event>["payload"];

/**
 * Handles one event: load, decide, publish. Idempotent, since an event may come twice. What rejects with a temporary
 * failure (5xx, a rate limit, a lost connection) is tried again; a refusal is a value, told to people on GitHub.
 */
export interface EventHandler<Event extends EventName> {
  (context: EventContext, payload: Payload<Event>): Promise<void>;
  /**
   * Whether it could matter, by its own words: no repository is cloned for what could not. Never throws: whatever is
   * not understood could. Absent if everything could.
   */
  concerns?(payload: unknown, repository: EventRepository): boolean;
}
