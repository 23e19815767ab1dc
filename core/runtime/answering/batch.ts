import { LONGEST_TIMER } from "../../duration.ts";
import { type Answering, type AnsweringState, BusyError, type Prediction, type Row } from "./answering.ts";
import { openQueue, type QueueLimits, type Waiting } from "./queue.ts";

export interface BatchRequest {
  /** Runs the program once for these rows. Rejects with what a request is to be told. */
  predict(rows: readonly Row[], signal: AbortSignal): Promise<Prediction[]>;
  /** How many batches run side by side. */
  workers: number;
  /** The most rows of a batch; one request may have more. */
  maxRows: number;
  /** A request's time in milliseconds, waiting included. */
  timeoutMs: number;
  queue: QueueLimits;
}

/**
 * A program that reads a file and ends answers for one version: it runs once for all that waits, up to `maxRows` rows. What
 * goes wrong with a batch is told to each request in it.
 */
export function openBatches({ predict, workers, maxRows, timeoutMs, queue: limits }: BatchRequest): Answering {
  const queue = openQueue(limits, workers);
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  let isClosing = false;
  let problem: string | undefined;

  const dispatch = () => {
    while (running.size < workers) {
      const batch = takeBatch();
      if (batch.length === 0) return;
      const run: Promise<void> = answer(batch).finally(() => {
        running.delete(run);
        dispatch();
      });
      running.add(run);
    }
  };

  const takeBatch = () => {
    const batch: Waiting[] = [];
    let room = Number.POSITIVE_INFINITY;
    for (let next = queue.take(); next !== undefined; next = queue.take(room)) {
      batch.push(next);
      room = Math.min(room, maxRows) - next.ask.rows.length;
    }
    return batch;
  };

  const answer = async (batch: readonly Waiting[]) => {
    const begun = performance.now();
    const late = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_TIMER));
    try {
      const rows = batch.flatMap(({ ask }) => ask.rows);
      const predictions = await predict(rows, AbortSignal.any([stop.signal, late]));
      let from = 0;
      for (const each of batch) {
        each.resolve(predictions.slice(from, from + each.ask.rows.length));
        from += each.ask.rows.length;
      }
      problem = undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      for (const each of batch) each.reject(error);
    } finally {
      queue.took(performance.now() - begun);
    }
  };

  return {
    // Nothing is loaded before there are rows.
    ready: () => Promise.resolve(),
    ask: (ask) => {
      if (isClosing) return Promise.reject(new BusyError("This version is being replaced", 1_000));
      if (ask.rows.length === 0) return Promise.resolve([]);
      const answered = queue.add(ask, timeoutMs);
      dispatch();
      return answered;
    },
    state: (): AnsweringState => ({
      ...{ ready: isClosing ? 0 : workers, workers, queued: queue.length, restarts: 0 },
      ...(problem === undefined ? {} : { problem }),
    }),
    close: async (drainMs) => {
      isClosing = true;
      await queue.drained(drainMs);
      queue.refuse(() => new BusyError("This version was replaced", 1_000));
      stop.abort();
      await Promise.all(running);
    },
  };
}
