import type { State } from "../state.ts";
import { Refusal } from "./refusal.ts";

const HOUR = 3_600_000;

/** GitHub's primary limit: so many requests an hour for each credential, told in headers of every answer. */
export class RateLimits {
  readonly #state: State;
  readonly #windows = new Map<string, { used: number; reset: number }>();

  constructor(state: State) {
    this.#state = state;
  }

  /** Counts one request and gives the headers. Throws 403 over the limit. */
  count(credential = ""): Record<string, string> {
    const now = Date.parse(this.#state.now());
    const known = this.#windows.get(credential);
    const window = known === undefined || known.reset <= now ? { used: 0, reset: now + HOUR } : known;
    this.#windows.set(credential, window);
    window.used += 1;
    const limit = this.#state.faults.rateLimit;
    const headers = {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(Math.max(0, limit - window.used)),
      "x-ratelimit-used": String(window.used),
      "x-ratelimit-reset": String(Math.ceil(window.reset / 1000)),
      "x-ratelimit-resource": "core",
    };
    if (window.used > limit) throw new Refusal(403, "API rate limit exceeded", { headers });
    return headers;
  }

  /** An answer that had not changed costs nothing. */
  giveBack(credential = ""): void {
    const window = this.#windows.get(credential);
    if (window !== undefined) window.used -= 1;
  }
}
