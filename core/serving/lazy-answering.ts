import type { Answering, AnsweringState } from "../runtime/answering/answering.ts";
import { problemWords } from "./problem-words.ts";

/** Milliseconds from a start that failed to the next one. */
const AGAIN = 5_000;

/** Starts what answers with the first request: until then there is no process. `start` resolves once it is ready. */
export function lazyAnswering(start: (signal: AbortSignal) => Promise<Answering>, clock: () => Date): Answering {
  const stop = new AbortController();
  let starting: Promise<Answering> | undefined;
  let started: Answering | undefined;
  /** Requests that wait for the start. */
  let waiting = 0;
  let failed: { error: unknown; at: number } | undefined;

  function wake(): Promise<Answering> {
    if (failed !== undefined && clock().getTime() - failed.at < AGAIN) return Promise.reject(failed.error);
    failed = undefined;
    starting ??= start(stop.signal).then(
      (answering) => {
        started = answering;
        return answering;
      },
      (error: unknown) => {
        starting = undefined;
        failed = { error, at: clock().getTime() };
        throw error;
      },
    );
    return starting;
  }

  return {
    ready: async () => {},
    async ask(ask) {
      if (started !== undefined) return started.ask(ask);
      waiting += 1;
      try {
        const answering = await wake();
        return answering.ask(ask);
      } finally {
        waiting -= 1;
      }
    },
    state: (): AnsweringState =>
      started?.state() ?? {
        ...{ ready: 0, workers: 0, queued: 0, restarts: 0 },
        ...(failed === undefined ? {} : { problem: problemWords(failed.error) }),
      },
    async close(drainMs) {
      const began = performance.now();
      // Whoever was taken is answered, if there is time for the start.
      if (waiting === 0) stop.abort();
      const timer = setTimeout(() => stop.abort(), drainMs);
      await starting?.then(
        (answering) => answering.close(Math.max(0, drainMs - (performance.now() - began))),
        () => {},
      );
      clearTimeout(timer);
    },
  };
}
