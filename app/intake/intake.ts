import type { Logger } from "probot";
import type { EventName, Payload } from "../github/event-handler.ts";
import { type EventOrigin, readEventOrigin } from "../github/event-repository.ts";
import type { ContextSource } from "../repositories/context-source.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import { eventKey } from "./event-key.ts";
import type { Ending, Queue } from "./queue.ts";
import { findRoute, type Routes } from "./routes.ts";
import { SeenEvents } from "./seen.ts";

/** An event, as a webhook brings it or as the catch-up finds it. */
export interface Delivery {
  event: string;
  /** GitHub's id of it; of an event that was caught up, one made from what it is about. */
  delivery: string;
  payload: Readonly<Record<string, unknown>>;
  /** In bytes. */
  size: number;
  /** It was found on GitHub, and may have been handled before. */
  caughtUp?: boolean;
  /** Reads the payload again: what waits holds bytes, which are a fifth of the objects' size. */
  reread?(): unknown;
}

export interface IntakeParts {
  routes: Routes;
  queue: Pick<Queue, "add">;
  contexts: ContextSource;
  metrics: DeliveryMetrics;
  log: Logger;
  /** GitHub's own address: pages and Git. */
  server: string;
  /** Told of installations and their repositories, which no handler listens to. */
  installed(payload: Readonly<Record<string, unknown>>): void;
}

/** A comment that is older than this when it arrives comes a second time, or late. */
const FRESH = 60_000;

/** Takes events into the queue: each once, in order per repository, for the handlers of the routing table. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #seen = new SeenEvents();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Whether what an event is about (its `eventKey`) was taken before, and is waiting, handled, or beyond help. */
  knows(key: string): boolean {
    return this.#seen.has(key);
  }

  take(delivery: Delivery): "accepted" | "caught-up" | "ignored" | "duplicate" | "overloaded" {
    const outcome = this.#place(delivery);
    this.#parts.metrics.delivery(delivery.event, outcome);
    return outcome;
  }

  #place(delivery: Delivery): ReturnType<Intake["take"]> {
    const { routes, queue, installed, server } = this.#parts;
    const { event, delivery: id, payload, size, caughtUp = false } = delivery;
    if (this.#seen.has(id)) return "duplicate";
    if (event === "installation" || event === "installation_repositories") {
      this.#seen.add(id);
      installed(payload);
      return "accepted";
    }
    const handler = findRoute(routes, event, payload["action"]);
    const subject = readEventOrigin(payload, server);
    if (handler === undefined || subject?.installation === undefined) return "ignored";
    if (handler.concerns?.(payload, subject.repository) === false) {
      // What the catch-up finds it would find again and again.
      if (caughtUp) this.#seen.add(id);
      return "ignored";
    }
    const { installation } = subject;
    const read = delivery.reread ?? always(payload);
    const key = eventKey(event, payload) ?? id;
    const late = subject.at !== undefined && Date.now() - subject.at.getTime() > FRESH;
    const about = {
      event,
      id,
      key,
      subject: { ...subject, installation },
      read,
      caughtUp,
      again: caughtUp || late || this.#seen.has(key),
    };
    const taken = queue.add({
      id,
      event,
      lane: String(subject.repository.id),
      size,
      run: (attempt, signal) => this.#handle(about, attempt, signal),
      ended: (how) => this.#ended(about, how),
    });
    if (taken !== "taken") return "overloaded";
    for (const each of [id, key]) this.#seen.add(each);
    return caughtUp ? "caught-up" : "accepted";
  }

  async #handle(about: About, attempt: number, signal: AbortSignal): Promise<void> {
    const { routes, contexts, metrics } = this.#parts;
    const { event, id, subject, again } = about;
    const payload = about.read() as Payload<EventName>;
    const handler = findRoute(routes, event, "action" in payload ? payload.action : undefined);
    const since = performance.now();
    try {
      await contexts.with({ ...subject, event, delivery: id, again: again || attempt > 1, signal }, async (context) =>
        handler?.(context, payload),
      );
    } finally {
      metrics.handled(event, (performance.now() - since) / 1000);
    }
  }

  #ended({ event, id, key, subject, caughtUp }: About, how: Ending): void {
    const { metrics, log } = this.#parts;
    metrics.delivery(event, how);
    // What was not done may come again: once more by the catch-up, which would else try it for days.
    if (how === "left" || (how === "given-up" && !caughtUp)) for (const each of [id, key]) this.#seen.forget(each);
    const words = { handled: "handled", "given-up": "given up", left: "left for the next start" }[how];
    const level = how === "given-up" ? "error" : "info";
    log[level]({ delivery: id, event, repository: subject.repository.fullName }, `delivery ${words}`);
  }
}

/** A closure of its own: one in `#place` would keep the payload of every job beside its bytes. */
function always(payload: unknown): () => unknown {
  return () => payload;
}

interface About {
  event: string;
  id: string;
  key: string;
  caughtUp: boolean;
  subject: EventOrigin & { installation: number };
  again: boolean;
  read(): unknown;
}
