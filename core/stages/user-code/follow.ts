import { setTimeout as sleep } from "node:timers/promises";

/** A look costs at most this share of the time. */
const SHARE = 10;

/**
 * Looks again and again at what a command writes, one look at a time, until `stop` resolves. `pause` is the time between two, in
 * milliseconds; it grows where a look takes long.
 */
export function follow(look: () => Promise<void>, pause: number): { stop(): Promise<void> } {
  const over = new AbortController();
  const following = (async () => {
    for (let wait = pause; !over.signal.aborted; ) {
      await sleep(wait, undefined, { signal: over.signal, ref: false }).catch(() => {});
      if (over.signal.aborted) return;
      const began = performance.now();
      await look();
      wait = Math.max(pause, SHARE * (performance.now() - began));
    }
  })();
  return {
    stop: () => {
      over.abort();
      return following;
    },
  };
}
