import { SlipwayError } from "../errors.ts";

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

/** How long somebody waits for a store. */
export interface Waiting {
  /** Ends the operation at once with INTERRUPTED, whatever the store does. */
  signal?: AbortSignal | undefined;
  /** Milliseconds without progress after which it ends with STORE_TIMEOUT. */
  timeout?: number | undefined;
}

interface PatienceOptions extends Waiting {
  /** Calls at once to the place, of everybody. */
  atOnce?: number | undefined;
}

/** Waits for one operation's calls to a place: as long as each moves on in time, and nobody aborts. */
export class Patience {
  readonly #place: string;
  readonly #gate: Gate;
  readonly #atOnce: number;
  readonly #asked: AbortSignal | undefined;
  readonly #stop = new AbortController();
  readonly #interrupt = () => this.#stop.abort(interrupted());
  /** Milliseconds without progress. */
  readonly timeout: number;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(place: string, { signal, timeout = TIMEOUT, atOnce = MOST }: PatienceOptions) {
    this.#place = place;
    this.#gate = gateOf(place);
    this.#atOnce = atOnce;
    this.#asked = signal;
    this.timeout = timeout;
    if (signal?.aborted) this.#interrupt();
    else signal?.addEventListener("abort", this.#interrupt);
  }

  /** Aborts, with the SlipwayError as its reason, once nobody waits for the operation: connections are closed then. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Something came or went: calls that are on their way have their whole time again. */
  moved(): void {
    for (const timer of this.#timers) timer.refresh();
  }

  /** The operation is over, however it ended. */
  end(): void {
    this.#asked?.removeEventListener("abort", this.#interrupt);
    this.#stop.abort(interrupted());
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
        this.#timers.delete(timer);
        this.#asked?.removeEventListener("abort", abort);
        settle();
      };
      const abort = () => finish(() => reject(interrupted()));
      const timer = setTimeout(() => {
        hangs = running;
        if (hangs) gate.hanging += 1;
        const error = this.#hangs();
        finish(() => reject(error));
        this.#stop.abort(error);
      }, this.timeout);
      this.#timers.add(timer);
      let running = false;
      const leave = () => {
        gate.running -= 1;
        if (hangs) gate.hanging -= 1;
        while (gate.running < this.#atOnce && gate.waiting.length > 0) gate.waiting.shift()?.();
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
      if (this.#asked?.aborted) return abort();
      if (gate.hanging >= this.#atOnce) return finish(() => reject(this.#hangs()));
      this.#asked?.addEventListener("abort", abort);
      if (gate.running < this.#atOnce) start();
      else gate.waiting.push(start);
    });
  }

  #hangs(): SlipwayError {
    const seconds = Math.ceil(this.timeout / 1000);
    return new SlipwayError("STORE_TIMEOUT", `The artifact store does not answer: ${this.#place}`, {
      expected: `progress within ${seconds} s`,
      found: "none",
      hint: "Look at the mount, the disk or the server that it is on.",
    });
  }
}

function interrupted(): SlipwayError {
  return new SlipwayError("INTERRUPTED", "The store's work was interrupted: what it had begun is left out");
}
