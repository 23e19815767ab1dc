import { LONGEST_TIMER } from "../../duration.ts";
import { SlipwayError } from "../../errors.ts";
import { type Ask, BusyError, type Prediction } from "./answering.ts";

/** What may wait. One request may always, however many rows it has. */
export interface QueueLimits {
  requests: number;
  rows: number;
}

/** A request that its asker waits for. */
export interface Waiting {
  ask: Ask;
  /** These do nothing where the asker has gone. */
  resolve(predictions: Prediction[]): void;
  reject(error: unknown): void;
}

export interface Queue {
  readonly length: number;
  /** Rejects with SERVE_BUSY, INTERRUPTED, what `reject` is told, and SERVE_TIMEOUT, also once it was taken. */
  add(ask: Ask, timeoutMs: number): Promise<Prediction[]>;
  /** The one that has waited longest, if it has at most so many rows: who takes it answers it. */
  take(mostRows?: number): Waiting | undefined;
  /** How long an answer took, in milliseconds: who is refused is told when to come back. */
  took(ms: number): void;
  /** Resolves once nothing waits and all that was taken is answered, or after `ms`. */
  drained(ms: number): Promise<void>;
  /** Rejects all that waits. */
  refuse(why: () => SlipwayError): void;
}

/** Requests that wait for one of `servers`, first come first served. */
export function openQueue(limits: QueueLimits, servers: number): Queue {
  const waiting = new Set<Waiting>();
  let rows = 0;
  let open = 0;
  /** A moving average. */
  let meanMs = 0;
  let tellDrained = () => {};

  const remove = (each: Waiting) => {
    if (waiting.delete(each)) rows -= each.ask.rows.length;
  };
  const full = () => {
    const retryAfterMs = Math.min(30_000, Math.max(1_000, (waiting.size * meanMs) / servers));
    return new BusyError(`${waiting.size} requests wait already`, retryAfterMs);
  };

  return {
    get length() {
      return waiting.size;
    },
    add: (ask, timeoutMs) => {
      const { signal } = ask;
      if (signal?.aborted) return Promise.reject(interrupted());
      const isFull = waiting.size >= limits.requests || (waiting.size > 0 && rows + ask.rows.length > limits.rows);
      if (isFull) return Promise.reject(full());
      return new Promise((resolve, reject) => {
        open += 1;
        let isOver = false;
        const end = (tell: () => void) => {
          if (isOver) return;
          isOver = true;
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
          remove(each);
          tell();
          open -= 1;
          if (open === 0) tellDrained();
        };
        const each: Waiting = {
          ask,
          resolve: (predictions) => end(() => resolve(predictions)),
          reject: (error) => end(() => reject(error)),
        };
        const abort = () => each.reject(interrupted());
        const expire = () => each.reject(waiting.has(each) ? waitedTooLong(timeoutMs) : answeredTooLate(timeoutMs));
        const timer = setTimeout(expire, Math.min(timeoutMs, LONGEST_TIMER));
        signal?.addEventListener("abort", abort, { once: true });
        waiting.add(each);
        rows += ask.rows.length;
      });
    },
    take: (mostRows = Number.POSITIVE_INFINITY) => {
      const [first] = waiting;
      if (first === undefined || first.ask.rows.length > mostRows) return undefined;
      remove(first);
      return first;
    },
    took: (ms) => {
      meanMs += (ms - meanMs) / 10;
    },
    drained: (ms) => {
      if (open === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        tellDrained = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    refuse: (why) => {
      for (const each of [...waiting]) each.reject(why());
    },
  };
}

function interrupted(): SlipwayError {
  return new SlipwayError("INTERRUPTED", "Whoever asked did not wait for the answer");
}

function answeredTooLate(timeoutMs: number): SlipwayError {
  return new SlipwayError("SERVE_TIMEOUT", `There was no answer within ${timeoutMs / 1_000} s`, {
    hint: "Raise `serve.timeout` in the spec, or ask for fewer rows at once.",
  });
}

function waitedTooLong(timeoutMs: number): SlipwayError {
  return new SlipwayError("SERVE_TIMEOUT", `No process was free within ${timeoutMs / 1_000} s`, {
    hint: "Raise `serve.workers` or `serve.timeout` in the spec, or ask less at once.",
  });
}
