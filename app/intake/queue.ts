import { setTimeout as sleep } from "node:timers/promises";
import type { RetryDecision } from "./decide-retry.ts";

/** How a job ended. `left`: the queue was stopped before it was done. */
export type Ending = "handled" | "given-up" | "left";

/** One event to handle. */
export interface QueuedJob {
  /** Of the delivery, and what it is: for those who are told how it went. */
  id: string;
  event: string;
  /** What must stay in order: a repository. */
  lane: string;
  /** What it holds in memory, in bytes. */
  size: number;
  /** `attempt` counts from 1. */
  run(attempt: number, signal: AbortSignal): Promise<void>;
  /** Told once. */
  ended(how: Ending): void;
}

export interface QueueOptions {
  /** How many lanes run at once. */
  workers: number;
  /** How many jobs may be in it, and their sizes in all. */
  limit: { jobs: number; bytes: number };
  decideRetry(error: unknown, attempt: number): RetryDecision;
  /** Told of each failed attempt. */
  failed?(job: QueuedJob, error: unknown, verdict: RetryDecision): void;
  wait?(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

interface Lane {
  jobs: QueuedJob[];
  /** Of the first job. */
  attempt: number;
}

/**
 * Jobs run in order within a lane, and lanes run side by side. A job that fails for a while holds back its own lane
 * alone, and holds no worker while it waits. A job that keeps failing is given up, and its lane goes on.
 */
export class Queue {
  readonly #options: QueueOptions;
  readonly #closing = new AbortController();
  readonly #aborting = new AbortController();
  readonly #lanes = new Map<string, Lane>();
  /** The lanes whose turn it is, in order. */
  readonly #ready: string[] = [];
  /** Since when each running lane's job runs. */
  readonly #running = new Map<string, number>();
  #jobs = 0;
  #bytes = 0;
  #idle: (() => void)[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** `full`: not taken, come again later. `closed`: not taken, it is stopping. */
  add(job: QueuedJob): "taken" | "full" | "closed" {
    if (this.#closing.signal.aborted) return "closed";
    const { jobs, bytes } = this.#options.limit;
    if (this.#jobs > 0 && (this.#jobs >= jobs || this.#bytes + job.size > bytes)) return "full";
    this.#jobs += 1;
    this.#bytes += job.size;
    const lane = this.#lanes.get(job.lane);
    if (lane !== undefined) lane.jobs.push(job);
    else {
      this.#lanes.set(job.lane, { jobs: [job], attempt: 0 });
      this.#takeTurn(job.lane);
    }
    return "taken";
  }

  /** Jobs that wait or run. */
  get depth(): number {
    return this.#jobs;
  }

  /** For how long the oldest running job has been running, in milliseconds. */
  longest(now = Date.now()): number {
    return Math.max(0, ...[...this.#running.values()].map((since) => now - since));
  }

  /** Resolves when no job waits or runs. */
  idle(): Promise<void> {
    return this.#jobs === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Takes and starts nothing more, and waits for what runs: after `grace` milliseconds its signal is aborted. */
  async stop(grace: number): Promise<void> {
    this.#closing.abort();
    for (const [name, lane] of this.#lanes) {
      for (const job of lane.jobs.splice(this.#running.has(name) ? 1 : 0)) this.#end(job, "left");
      if (lane.jobs.length === 0) this.#lanes.delete(name);
    }
    const timer = setTimeout(() => this.#aborting.abort(new Error("the App is stopping")), grace);
    await this.idle();
    clearTimeout(timer);
  }

  #takeTurn(name: string): void {
    this.#ready.push(name);
    this.#start();
  }

  #start(): void {
    while (!this.#closing.signal.aborted && this.#running.size < this.#options.workers) {
      const name = this.#ready.shift();
      if (name === undefined) return;
      const lane = this.#lanes.get(name);
      const job = lane?.jobs[0];
      if (lane !== undefined && job !== undefined) void this.#run(name, lane, job);
    }
  }

  async #run(name: string, lane: Lane, job: QueuedJob): Promise<void> {
    this.#running.set(name, Date.now());
    lane.attempt += 1;
    let failure: { error: unknown } | undefined;
    try {
      await job.run(lane.attempt, this.#aborting.signal);
    } catch (error) {
      failure = { error };
    }
    this.#running.delete(name);
    this.#settle(name, lane, job, failure);
    this.#start();
  }

  #settle(name: string, lane: Lane, job: QueuedJob, failure: { error: unknown } | undefined): void {
    const verdict = failure && this.#options.decideRetry(failure.error, lane.attempt);
    if (failure && verdict) this.#options.failed?.(job, failure.error, verdict);
    const closed = this.#closing.signal.aborted;
    if (verdict?.again && !closed) {
      const wait = this.#options.wait ?? ((time, signal) => sleep(time, undefined, { signal }));
      wait(verdict.after, this.#closing.signal).then(
        () => this.#takeTurn(name),
        () => {},
      );
      return;
    }
    lane.jobs.shift();
    lane.attempt = 0;
    if (lane.jobs.length === 0) this.#lanes.delete(name);
    else this.#ready.push(name);
    this.#end(job, failure === undefined ? "handled" : closed ? "left" : "given-up");
  }

  #end(job: QueuedJob, how: Ending): void {
    this.#jobs -= 1;
    this.#bytes -= job.size;
    job.ended(how);
    if (this.#jobs > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
