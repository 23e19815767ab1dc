import { BoundedMap } from "../../../core/bounded-map.ts";

const MAX_KEPT = 1_000;

/** Milliseconds for which an answer of GitHub's about a person or a repository is believed. */
export const FRESH = 60_000;

/** Answers that are asked for once in a minute. What rejects is not kept. */
export interface Fresh<Value> {
  /** `anew`: whatever is kept, ask now. */
  get(key: string, ask: () => Promise<Value>, anew?: boolean): Promise<Value>;
  /** Whether something is kept that was asked for in the last minute. */
  has(key: string): boolean;
  drop(key: string): void;
}

export function fresh<Value>(now: () => number): Fresh<Value> {
  const kept = new BoundedMap<string, { at: number; value: Promise<Value> }>(MAX_KEPT);
  const known = (key: string) => {
    const found = kept.get(key);
    return found === undefined || now() - found.at > FRESH ? undefined : found;
  };
  return {
    get(key, ask, anew = false) {
      const found = anew ? undefined : known(key);
      if (found !== undefined) return found.value;
      const asked = { at: now(), value: ask() };
      kept.set(key, asked);
      asked.value.catch(() => {
        if (kept.get(key) === asked) kept.delete(key);
      });
      return asked.value;
    },
    has: (key) => known(key) !== undefined,
    drop: (key) => kept.delete(key),
  };
}
