import type { EndpointEvent, EndpointStatus } from "./endpoint.ts";
import type { RequestLogState } from "./request-log/log-state.ts";
import type { Serving } from "./served.ts";

export type ServingEvent =
  | EndpointEvent
  | { event: "reports" /** Undefined: the problem is over. */; error: unknown }
  | { event: "registry" /** Undefined: the problem is over. */; error: unknown }
  | { event: "note"; text: string };

/** `GET /-/status`. */
export interface ServingStatus {
  /** The id of this process: random, new at each start. */
  replica: string;
  stage: string;
  started_at: string;
  state: "starting" | "ready" | "draining";
  registry: {
    /** The remote's name; absent for this repository's own registry. */
    remote?: string;
    commit: string | undefined;
    looked_at: string | undefined;
    problem: { message: string; since: string } | undefined;
  };
  /** Undefined if the policy names none. */
  request_log: RequestLogState | undefined;
  endpoints: EndpointStatus[];
}

/** What answers in this process: it follows the registry until it is closed. */
export interface ServingHost extends Serving {
  readonly replica: string;
  status(): ServingStatus;
  /** The registry may have moved: it is looked at now. */
  poke(): void;
  /** Resolves when each model that had a version at the start answers, or did not come up. */
  settled(): Promise<void>;
  /** Not ready any more: whoever sends requests here is to stop. What comes is still answered. */
  drain(): void;
  /** Takes nothing more, waits up to `drainMs` milliseconds for what it was asked, and ends all processes. */
  close(drainMs: number): Promise<void>;
}
