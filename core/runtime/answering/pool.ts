import { LONGEST_TIMER } from "../../duration.ts";
import { SlipwayError } from "../../errors.ts";
import type { Program } from "../program.ts";
import { type Answering, type AnsweringState, BusyError } from "./answering.ts";
import { openQueue, type QueueLimits } from "./queue.ts";
import { openWorker, type Worker, type WorkerStart } from "./worker.ts";

export interface PoolRequest extends WorkerStart {
  /** Starts a process of the program. */
  start(): Promise<Program>;
  workers: number;
  /** A request's time in milliseconds, waiting included. */
  timeoutMs: number;
  queue: QueueLimits;
  /** What a process may hold, in bytes, before it is replaced; measured every `measureMs`. */
  memory?: { bytes: number; measureMs: number } | undefined;
  backOff?: BackOff | undefined;
}

/** When an ended process is started again: at once if it was good for `goodMs`, else `firstMs` later, each time twice as long. */
export interface BackOff {
  firstMs: number;
  mostMs: number;
  goodMs: number;
}

const BACK_OFF: BackOff = { firstMs: 1_000, mostMs: 60_000, goodMs: 60_000 };
/** How long a process may take to end by itself, and again after SIGTERM. */
const END_MS = 5_000;

/** A place for one process, taken by one after another. */
interface Slot {
  worker?: Worker | undefined;
  isReady: boolean;
  /** It takes no more requests, and ends when it has answered. */
  isRetiring: boolean;
  /** How long the next start waits if this process ends soon. */
  waitMs: number;
  readyAt: number;
  /** When the next process starts, where one has ended. */
  startsAt?: number | undefined;
  timer?: NodeJS.Timeout | undefined;
  /** Resolves when the process that was started last has ended. */
  running?: Promise<void>;
}

/** Processes of a program that answer for one version, started at once and kept running until `close`. */
export function openPool(request: PoolRequest): Answering {
  const { timeoutMs, memory, backOff = BACK_OFF } = request;
  // Who asked is told at the deadline. The process has a whole time-out of its own: it is not to blame for what waited before it.
  const busyMs = Math.min(timeoutMs, LONGEST_TIMER);
  const slots: Slot[] = Array.from({ length: request.workers }, () => ({
    ...{ isReady: false, isRetiring: false, waitMs: backOff.firstMs, readyAt: 0 },
  }));
  const queue = openQueue(request.queue, request.workers);
  const waitingForReady: { resolve(): void; reject(error: unknown): void }[] = [];
  let isClosing = false;
  let restarts = 0;
  let problem: string | undefined;
  let rss: number | undefined;

  const isFree = (slot: Slot) => slot.isReady && !slot.isRetiring && slot.worker?.isIdle === true;
  const isStarting = (slot: Slot) => !slot.isReady && slot.startsAt === undefined;

  const start = async (slot: Slot) => {
    slot.startsAt = undefined;
    let worker: Worker | undefined;
    try {
      worker = openWorker(await request.start(), request);
      slot.worker = worker;
      if (isClosing) await worker.end(END_MS);
      await worker.ready;
      Object.assign(slot, { isReady: true, readyAt: Date.now() });
      if (slots.every(({ isReady }) => isReady)) problem = undefined;
      for (const { resolve } of waitingForReady.splice(0)) resolve();
      dispatch();
      if (memory) void measure(memory.bytes);
    } catch (error) {
      await worker?.ended;
      leave(slot, error);
      return;
    }
    const reason = await worker.ended;
    leave(slot, reason);
  };

  /** A process has ended: the next one takes its place. */
  const leave = (slot: Slot, why: unknown) => {
    const wasRetiring = slot.isRetiring;
    const wasGood = slot.isReady && Date.now() - slot.readyAt >= backOff.goodMs;
    const wait = wasGood ? 0 : slot.waitMs;
    slot.waitMs = wasGood ? backOff.firstMs : Math.min(2 * slot.waitMs, backOff.mostMs);
    Object.assign(slot, { worker: undefined, isReady: false, isRetiring: false, startsAt: Date.now() + wait });
    if (isClosing) return refuseUnlessServed();
    if (!wasRetiring) problem = why instanceof Error ? why.message : String(why);
    if (why instanceof Error && !slots.some((each) => each.isReady || isStarting(each))) {
      for (const { reject } of waitingForReady.splice(0)) reject(failed(why));
    }
    slot.timer = setTimeout(() => {
      restarts += 1;
      slot.running = start(slot);
    }, wait);
  };

  /** While it closes, no process is started again: what only waits for one that has ended waits for nothing. */
  const refuseUnlessServed = () => {
    if (slots.every(({ worker }) => worker === undefined)) queue.refuse(replaced);
  };

  const dispatch = () => {
    for (const slot of slots) {
      if (!isFree(slot)) continue;
      const next = queue.take();
      if (next === undefined) return;
      const begun = performance.now();
      const done = () => {
        queue.took(performance.now() - begun);
        retire(slot);
        dispatch();
      };
      const answered = (slot.worker as Worker).ask(next.ask, busyMs);
      // The program gets its next request before this answer is made a response: it works meanwhile.
      void answered.then(done, done);
      void answered.then(next.resolve, next.reject);
    }
  };

  /** Ends a process that was told to go and answers nothing. */
  const retire = (slot: Slot) => {
    if (slot.isRetiring && slot.worker?.isIdle) void slot.worker.end(END_MS);
  };

  const measure = async (limit: number) => {
    const workers = slots.map(({ worker }) => worker);
    const sizes = await Promise.all(workers.map((worker) => worker?.residentBytes()));
    if (sizes.some((size) => size !== undefined)) rss = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    for (const [at, size = 0] of sizes.entries()) {
      const slot = slots[at] as Slot;
      if (size <= limit || !slot.isReady || slot.isRetiring || slot.worker !== workers[at]) continue;
      slot.isRetiring = true;
      problem = `A process held ${Math.round(size / 2 ** 20)} MiB of memory, and is replaced: at most ${Math.round(limit / 2 ** 20)} MiB`;
      retire(slot);
    }
  };

  const measuring = memory && setInterval(() => void measure(memory.bytes), memory.measureMs);
  measuring?.unref();
  for (const slot of slots) slot.running = start(slot);

  return {
    ready: () => {
      if (slots.some(({ isReady }) => isReady)) return Promise.resolve();
      return new Promise((resolve, reject) => waitingForReady.push({ resolve, reject }));
    },
    ask: (ask) => {
      if (isClosing) return Promise.reject(new BusyError("This version is being replaced", 1_000));
      if (ask.rows.length === 0) return Promise.resolve([]);
      const soonest = Math.min(...slots.map(({ startsAt = 0 }) => startsAt)) - Date.now();
      if (soonest > timeoutMs) {
        return Promise.reject(new BusyError("The program that answers has ended, and is started again", soonest));
      }
      const answer = queue.add(ask, timeoutMs);
      dispatch();
      return answer;
    },
    state: (): AnsweringState => ({
      ready: slots.filter((slot) => slot.isReady && !slot.isRetiring).length,
      workers: request.workers,
      queued: queue.length,
      restarts,
      ...(problem === undefined ? {} : { problem }),
      ...(rss === undefined ? {} : { rss }),
    }),
    close: async (drainMs) => {
      isClosing = true;
      clearInterval(measuring);
      for (const slot of slots) clearTimeout(slot.timer);
      refuseUnlessServed();
      await queue.drained(drainMs);
      queue.refuse(replaced);
      await Promise.all(slots.map(({ worker }) => worker?.end(END_MS)));
      await Promise.all(slots.map(({ running }) => running));
      for (const { reject } of waitingForReady.splice(0)) reject(failed(new Error("It was closed while it started")));
    },
  };
}

const replaced = () => new BusyError("This version was replaced", 1_000);

function failed(error: Error): SlipwayError {
  if (error instanceof SlipwayError && error.code === "SERVE_FAILED") return error;
  if (error instanceof SlipwayError) {
    const [first] = error.problems;
    return new SlipwayError("SERVE_FAILED", error.message, { ...first, cause: error });
  }
  return new SlipwayError("SERVE_FAILED", "The program that answers could not be started", {
    found: error.message,
    cause: error,
  });
}
