import type { Work } from "./state.ts";

/** See `Work`: a set of promises that have not settled. */
export function openWork(): Work {
  const under = new Set<Promise<unknown>>();
  return {
    add(promise) {
      under.add(promise);
      promise.finally(() => under.delete(promise)).catch(() => {});
    },
    async idle() {
      while (under.size > 0) await Promise.allSettled(under);
    },
  };
}
