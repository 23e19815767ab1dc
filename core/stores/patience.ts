import { SlipwayError } from "../errors.ts";
import type { StoreOptions } from "./store.ts";

/** A minute without an answer to one call: a disk that is merely slow moves within it. */
const TIMEOUT = 60_000;

/**
 * Calls at once to one place. Node has four threads for files, names and hashes together, and a call to a mount that
 * hangs keeps its thread until the mount answers: one bad place must leave threads to everybody else.
 */
const MOST = 2;

interface Gate {
  running: number;
  /** Calls that nobody waits for any more, and that have not come back. */
  hanging: number;
  waiting: (() => void)[];
}

const gates = new Map<string, Gate>();

function gateOf(place: string): Gate {
  const known = gates.get(place) ?? { running: 0, hanging: 0, waiting: [] };
  gates.set(place, known);
  return known;
}

/** Waits for one operation's calls to a place: as long as each comes back in time, and nobody aborts. */
export class Patience {
  readonly #place: string;
  readonly #gate: Gate;
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;

  constructor(place: string, { signal, timeout = TIMEOUT }: StoreOptions) {
    this.#place = place;
    this.#gate = gateOf(place);
    this.#signal = signal;
    this.#timeout = timeout;
  }

  /**
   * Rejects with INTERRUPTED or STORE_TIMEOUT, at once if an earlier call to the place still hangs. The call itself
   * cannot be taken back: `late` is given what it comes to when nobody waits any more.
   */
  call<T>(act: () => Promise<T>, late: (value: T) => unknown = () => {}): Promise<T> {
    const gate = this.#gate;
    return new Promise<T>((resolve, reject) => {
      let awaited = true;
      let hangs = false;
      const finish = (settle: () => void) => {
        awaited = false;
        clearTimeout(timer);
        this.#signal?.removeEventListener("abort", abort);
        settle();
      };
      const abort = () => finish(() => reject(interrupted()));
      const timer = setTimeout(() => {
        hangs = running;
        if (hangs) gate.hanging += 1;
        finish(() => reject(this.#hangs()));
      }, this.#timeout);
      let running = false;
      const leave = () => {
        gate.running -= 1;
        if (hangs) gate.hanging -= 1;
        while (gate.running < MOST && gate.waiting.length > 0) gate.waiting.shift()?.();
      };
      const start = () => {
        if (!awaited) return;
        running = true;
        gate.running += 1;
        act().then(
          (value) => {
            leave();
            if (awaited) finish(() => resolve(value));
            else late(value);
          },
          (error) => {
            leave();
            if (awaited) finish(() => reject(error));
          },
        );
      };
      if (this.#signal?.aborted) return abort();
      if (gate.hanging >= MOST) return finish(() => reject(this.#hangs()));
      this.#signal?.addEventListener("abort", abort);
      if (gate.running < MOST) start();
      else gate.waiting.push(start);
    });
  }

  #hangs(): SlipwayError {
    const seconds = Math.ceil(this.#timeout / 1000);
    return new SlipwayError("STORE_TIMEOUT", `The artifact store does not answer: ${this.#place}`, {
      expected: `progress within ${seconds} s`,
      found: "none",
      hint: "Look at the mount or the disk that it is on.",
    });
  }
}

function interrupted(): SlipwayError {
  return new SlipwayError("INTERRUPTED", "The store's work was interrupted: what it had begun is left out");
}
