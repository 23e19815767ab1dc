import type { ServedVersion } from "./served.ts";
import type { VerifiedTarget } from "./verify-target.ts";

/** One version on its way to answer, and then answering; it tries again for as long as it does not come up. */
export interface Slot {
  readonly of: VerifiedTarget;
  state(): SlotState;
  /** Undefined until it can answer. */
  served(): ServedVersion | undefined;
  /** Gives up what is on its way; what answers takes nothing more, and ends after what it was asked for. */
  close(drainMs: number): Promise<void>;
}

export interface SlotState {
  phase: "preparing" | "ready" | "failed";
  since: Date;
  /** Why it did not come up when it was last tried. */
  error?: unknown;
}

interface SlotOptions {
  of: VerifiedTarget;
  /** Resolves once the version can answer. Rejects, and leaves nothing behind, if it cannot or `signal` is aborted. */
  prepare(of: VerifiedTarget, signal: AbortSignal): Promise<ServedVersion>;
  /** Told once, with the version that answers now. */
  onReady(served: ServedVersion): void;
  /** Told each time that it did not come up. */
  onFailure(error: unknown): void;
  clock(): Date;
}

/** Milliseconds until a version that did not come up is tried again: at first, and at most. */
const AGAIN = { first: 5_000, most: 300_000 } as const;

export function openSlot({ of, prepare, onReady, onFailure, clock }: SlotOptions): Slot {
  const stop = new AbortController();
  let state: SlotState = { phase: "preparing", since: clock() };
  let served: ServedVersion | undefined;

  async function bringUp(): Promise<void> {
    for (let wait: number = AGAIN.first; !stop.signal.aborted; wait = Math.min(2 * wait, AGAIN.most)) {
      try {
        const found = await prepare(of, stop.signal);
        if (stop.signal.aborted) return await found.answering.close(0);
        served = found;
        state = { phase: "ready", since: clock() };
        return onReady(found);
      } catch (error) {
        if (stop.signal.aborted) return;
        state = { phase: "failed", since: clock(), error };
        onFailure(error);
        await pause(wait, stop.signal);
      }
    }
  }

  const coming = bringUp();
  return {
    of,
    state: () => state,
    served: () => served,
    async close(drainMs) {
      stop.abort();
      await coming;
      await served?.answering.close(drainMs);
    },
  };
}

/** Resolves after that long, or at once when the signal is aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
