import { setTimeout as sleep } from "node:timers/promises";

/**
 * Spreads writes out, as GitHub asks (80 a minute at most): a quarter of a minute's worth may go at once, the rest at
 * an even pace. Octokit's own throttle lets one write a second pass, and one comment in three: a report is three writes.
 */
export class Pace {
  readonly #perMinute: number;
  readonly #now: () => number;
  /** When the next write would be due if all went at an even pace. */
  #due = 0;

  /** 0: no limit. */
  constructor(perMinute: number, now: () => number = Date.now) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** How long to wait before the next write, in milliseconds: it counts from here on. */
  next(): number {
    if (this.#perMinute === 0) return 0;
    const now = this.#now();
    const step = 60_000 / this.#perMinute;
    this.#due = Math.max(this.#due, now - 15_000) + step;
    return Math.max(0, this.#due - now);
  }

  async wait(signal?: AbortSignal): Promise<void> {
    const time = this.next();
    if (time > 0) await sleep(time, undefined, signal && { signal });
  }
}
