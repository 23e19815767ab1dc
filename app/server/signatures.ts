import type { Logger } from "probot";

/** Counts webhooks by whether their signature was right, and says in the log when one was not. */
export class Signatures {
  #signed = 0;
  #wrong = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #log: Pick<Logger, "warn">;
  readonly #now: () => number;

  constructor(log: Pick<Logger, "warn">, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  get counts(): { signed: number; wrongly_signed: number } {
    return { signed: this.#signed, wrongly_signed: this.#wrong };
  }

  right(): void {
    this.#signed += 1;
  }

  /** Said once in a minute at most: anybody can send such webhooks. */
  wrong(delivery: string): void {
    this.#wrong += 1;
    if (this.#now() - this.#toldAt < 60_000) return;
    this.#toldAt = this.#now();
    const hint = "WEBHOOK_SECRET has to be the one in the App's settings on GitHub, or somebody else sent it";
    this.#log.warn({ delivery, ...this.counts, hint }, "refused a webhook: its signature is wrong");
  }
}
